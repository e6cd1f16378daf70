resource "eksmig_node_group_migration" "workers" {
  for_each = var.node_groups

  cluster         = "shop"
  cluster_name    = var.cluster_name
  blue_node_group = each.key

  # Like blue, but for what is said here.
  green = {
    clone = {
      node_group     = each.value.green
      instance_types = each.value.instance_types
    }
  }

  target_group_arns = var.target_group_arns
  gate = {
    min_healthy_targets = 2 # on green, in every target group, before blue leaves it
    alarm_names         = var.alarms
    poll_interval       = var.poll_interval
  }

  stage_timeout = "1h"
  delete_blue   = each.value.delete_blue
  on_destroy    = "restore"
}

output "left" {
  description = "Pods that have still to leave each node group; none once it has been migrated."
  value = {
    for name, it in eksmig_node_group_migration.workers : name => [
      for pod in it.verdicts : pod.pod if !contains(["ignore", "stay"], pod.verdict)
    ]
  }
}
