# Moves real weights: the variables say which. Green's targets are healthy where it is in a route.

variables {
  ramp = { steps = [50] }
}

run "join" {
  variables {
    green_weight = 0
  }
  assert {
    condition     = output.settled && output.serves == "blue"
    error_message = "Joining moved traffic."
  }
}

run "part_of_it" {
  variables {
    green_weight = 10
  }
  assert {
    condition     = output.settled && output.serves == "both" && output.observed_green_weight == 10
    error_message = "Green is not at 10 %."
  }
}

run "back" {
  variables {
    green_weight = 0
  }
  assert {
    condition     = output.settled && output.serves == "blue"
    error_message = "Blue does not serve again."
  }
}

run "all_of_it" {
  variables {
    green_weight = 100
  }
  assert {
    condition     = output.settled && output.serves == "green" && [for step in output.schedule : step.green_weight] == [50, 100]
    error_message = "Green does not serve, or was not ramped."
  }
}

run "blue_leaves" {
  variables {
    green_weight           = 100
    drop_idle_target_group = true
  }
  assert {
    condition     = alltrue([for weights in values(output.routes) : weights.blue_weight == null])
    error_message = "Blue is still in a route."
  }
}

run "back_from_the_end" {
  variables {
    green_weight = 0
  }
  assert {
    condition     = output.settled && output.serves == "blue"
    error_message = "Blue does not serve again."
  }
}
