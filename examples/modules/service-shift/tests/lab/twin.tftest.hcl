# Makes green, moves to it and goes back: the variables say where. It needs something that registers targets in the twin.

variables {
  green_target_group_arn = null
  green_twin             = { name_suffix = "-next", health_check = { path = "/ready" } }
  ramp                   = {}
}

run "twin" {
  variables {
    green_weight = null
  }
  assert {
    condition     = endswith(split("/", output.green_target_group_arn)[1], "-next")
    error_message = "The twin has another name."
  }
  assert {
    condition     = output.serves == null && !output.settled
    error_message = "Something is shifted already."
  }
}

run "all_of_it" {
  variables {
    green_weight = 100
  }
  assert {
    condition     = output.settled && output.serves == "green"
    error_message = "The twin does not serve."
  }
  assert {
    condition     = output.green_target_group_arn == run.twin.green_target_group_arn
    error_message = "The twin is not the one that was made."
  }
}

# Green leaves the routes, so that the twin can go as well.
run "back" {
  variables {
    green_weight           = 0
    drop_idle_target_group = true
  }
  assert {
    condition     = output.settled && output.serves == "blue"
    error_message = "Blue does not serve again."
  }
}
