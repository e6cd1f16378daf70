# The group that serves, to newer instances.
node_groups = {
  batch-2024   = { green = "batch-2026", delete_blue = false }
  workers-2024 = { green = "workers-2026", instance_types = ["m7i.large"] }
}
