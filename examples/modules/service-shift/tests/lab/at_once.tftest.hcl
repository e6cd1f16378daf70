# Twin and shift in one apply, where green is known only after it: the plan must not need to know it. The twin has no
# target, and the preflight says so. The variables say where.

variables {
  green_target_group_arn = null
  green_twin             = {}
  ramp                   = {}
}

run "at_once" {
  variables {
    green_weight = 0
  }
  expect_failures = [check.preflight]

  assert {
    condition     = output.settled && output.serves == "blue"
    error_message = "Joining moved traffic."
  }
}

# Green leaves the routes, so that the twin can go as well.
run "out_of_the_routes" {
  variables {
    green_weight           = 0
    drop_idle_target_group = true
  }
  expect_failures = [check.preflight]

  assert {
    condition     = output.settled && alltrue([for weights in values(output.routes) : weights.green_weight == null])
    error_message = "Green is still in a route."
  }
}
