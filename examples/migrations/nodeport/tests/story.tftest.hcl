# The whole story and every way back, on the nodes that terraform.tfvars names.

run "adopt" {
  assert {
    condition     = output.serving == "blue"
    error_message = "Blue does not serve alone."
  }
  assert {
    condition     = length(eksmig_target_cutover.nodes.target_group_arns) == length(data.eksmig_routes.edge.target_groups)
    error_message = "A target group was left out."
  }
}

run "both" {
  variables {
    serving = "both"
  }
  assert {
    condition     = output.serving == "both"
    error_message = "Green's nodes did not join."
  }
}

run "back_from_both" {
  assert {
    condition     = output.serving == "blue"
    error_message = "Green's nodes are still there."
  }
}

# Over a pull request: green joins first all the same.
run "green" {
  variables {
    serving = "green"
  }
  assert {
    condition     = output.serving == "green"
    error_message = "Blue's nodes are still there."
  }
}

run "halfway_back" {
  variables {
    serving = "both"
  }
  assert {
    condition     = output.serving == "both"
    error_message = "Blue's nodes did not come back."
  }
}

run "back_from_green" {
  assert {
    condition     = output.serving == "blue"
    error_message = "Green's nodes are still there."
  }
}
