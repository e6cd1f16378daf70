resource "eksmig_node_group_migration" "workers" {
  cluster = "main"
  cluster_name = "<world>"
  blue_node_group = "blue"
  load_balancer_drain = "1s"
  green = { clone = { node_group = "green" } }
  batch = { surge = 30, evict = 10 }
}
