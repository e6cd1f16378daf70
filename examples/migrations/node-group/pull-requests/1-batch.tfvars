# The group on which the least depends goes first, and is kept, empty, to look at.
node_groups = {
  batch-2024 = { green = "batch-2026", delete_blue = false }
}
