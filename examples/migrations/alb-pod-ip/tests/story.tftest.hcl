# The whole story and every way back, on the rules and target groups of terraform.tfvars.

variables {
  routes = {
    "path=/orders/*"       = { service = "orders", green_weight = 0 }
    "path=/orders/admin/*" = { service = "orders", green_weight = 0 }
    "path=/users/*"        = { service = "users", green_weight = 0 }
  }
}

run "join" {
  assert {
    condition     = alltrue([for percent in values(output.green_weights) : percent == 0])
    error_message = "Joining moved traffic."
  }
}

run "one_route_first" {
  variables {
    routes = {
      "path=/orders/*"       = { service = "orders", green_weight = 0 }
      "path=/orders/admin/*" = { service = "orders", green_weight = 10 }
      "path=/users/*"        = { service = "users", green_weight = 0 }
    }
  }
  assert {
    condition     = alltrue([for route, percent in output.green_weights : percent == (route == "path=/orders/admin/*" ? 10 : 0)])
    error_message = "Not that route alone moved."
  }
}

run "back_from_the_first" {
  assert {
    condition     = alltrue([for percent in values(output.green_weights) : percent == 0])
    error_message = "A route is not back on blue."
  }
}

run "finish" {
  variables {
    routes = {
      "path=/orders/*"       = { service = "orders", green_weight = 100, finish = true }
      "path=/orders/admin/*" = { service = "orders", green_weight = 100, finish = true }
      "path=/users/*"        = { service = "users", green_weight = 100, finish = true }
    }
  }
  assert {
    condition     = alltrue([for percent in values(output.green_weights) : percent == 100])
    error_message = "A route is not on green."
  }
}

run "nothing_points_at_blue" {
  command = plan
  variables {
    routes = {
      "path=/orders/*"       = { service = "orders", green_weight = 100, finish = true }
      "path=/orders/admin/*" = { service = "orders", green_weight = 100, finish = true }
      "path=/users/*"        = { service = "users", green_weight = 100, finish = true }
    }
  }
  assert {
    condition = alltrue([
      for route in values(data.eksmig_routes.edge.routes) :
      length(setintersection(
        [for group in route.target_groups : group.arn], [for service in var.services : service.blue]
      )) == 0 if route.kind == "rule"
    ])
    error_message = "A rule still points at blue."
  }
}

run "back_from_the_end" {
  assert {
    condition     = alltrue([for percent in values(output.green_weights) : percent == 0])
    error_message = "A route is not back on blue."
  }
}
