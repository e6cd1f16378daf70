# Needs nothing: the provider checks what it is given, and is asked for nothing else.

mock_provider "eksmig" {}

run "each_node_group_has_its_own_green" {
  variables {
    node_groups = {
      batch   = { green = "batch-2" }
      workers = { green = "workers-2", instance_types = ["m7g.large"], delete_blue = false }
    }
  }
  assert {
    condition = alltrue([
      for name, moved in eksmig_node_group_migration.workers :
      moved.blue_node_group == name
      && moved.green.clone.node_group == var.node_groups[name].green
      && moved.delete_blue == var.node_groups[name].delete_blue
    ])
    error_message = "A node group does not move to its own green."
  }
  assert {
    condition     = toset(keys(output.left)) == toset(["batch", "workers"])
    error_message = "Nobody says what has still to leave."
  }
}
