# The whole story and every way back, on services behind the load balancers that terraform.tfvars names. It needs what the
# story needs: something that registers pods in the twins, and healthy targets on both sides.

run "discover" {
  assert {
    condition     = output.points_at_blue > 0 && length(output.found) > 0
    error_message = "There is nothing to move."
  }
  assert {
    condition     = length(output.green) == 0
    error_message = "Looking made something."
  }
}

run "twins" {
  variables {
    twins = true
  }
  assert {
    condition     = toset(keys(output.green)) == toset(keys(data.eksmig_routes.edge.target_groups))
    error_message = "Not every target group has its twin."
  }
  assert {
    condition     = output.points_at_blue == run.discover.points_at_blue
    error_message = "Twins moved traffic."
  }
}

run "one_service_first" {
  variables {
    twins        = true
    green_weight = 0
    ahead        = { (keys(run.twins.green)[0]) = 10 }
  }
  assert {
    condition     = eksmig_weighted_shift.service[keys(run.twins.green)[0]].observed_green_weight == 10
    error_message = "The first service is not at 10 %."
  }
  assert {
    condition = alltrue([
      for name, shift in eksmig_weighted_shift.service :
      shift.observed_green_weight == 0 if name != keys(run.twins.green)[0]
    ])
    error_message = "Another service moved as well."
  }
}

run "shift" {
  variables {
    twins        = true
    green_weight = 100
  }
  assert {
    condition     = alltrue([for shift in eksmig_weighted_shift.service : shift.observed_green_weight == 100])
    error_message = "A service is not on green."
  }
  assert {
    condition     = output.points_at_blue == run.discover.points_at_blue
    error_message = "Blue has left a route."
  }
}

run "back_to_blue" {
  variables {
    twins        = true
    green_weight = 0
  }
  assert {
    condition     = alltrue([for shift in eksmig_weighted_shift.service : shift.observed_green_weight == 0])
    error_message = "A service is not on blue."
  }
}

run "finish" {
  variables {
    twins        = true
    green_weight = 100
    finish       = true
  }
  assert {
    condition     = output.points_at_blue == 0
    error_message = "A route still points at blue."
  }
  assert {
    condition     = output.green == run.twins.green
    error_message = "The twins are not those that were made."
  }
}

# What a plan of the day after finds.
run "nothing_points_at_blue" {
  command = plan
  variables {
    twins        = true
    green_weight = 100
    finish       = true
  }
  assert {
    condition     = alltrue([for group in data.eksmig_routes.edge.target_groups : group.deletable])
    error_message = "One of blue's target groups cannot be deleted."
  }
  assert {
    condition     = toset(keys(data.eksmig_routes.edge.target_groups)) == toset(keys(run.twins.green))
    error_message = "The keys are not those of the beginning."
  }
}

# As long as blue's target groups exist. Green leaves the routes, so that the twins can go as well.
run "back_from_the_end" {
  variables {
    twins        = true
    green_weight = 0
    finish       = true
  }
  assert {
    condition     = output.points_at_blue == run.discover.points_at_blue && output.found == run.discover.found
    error_message = "Blue is not where it was."
  }
}
