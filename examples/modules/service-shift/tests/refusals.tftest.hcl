# Needs nothing: the provider checks what it is given, and is asked for nothing else.

mock_provider "eksmig" {
  source = "./tests/mocks"
}

variables {
  name                   = "orders"
  route_arns             = ["arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/edge/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee"]
  blue_target_group_arn  = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/orders-blue/73e2d6bc24d8a067"
  green_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/orders-green/09966783158cda59"
  green_weight           = 10
}

run "refuses_an_empty_name" {
  command = plan
  variables {
    name = " "
  }
  expect_failures = [var.name]
}

run "refuses_no_route" {
  command = plan
  variables {
    route_arns = []
  }
  expect_failures = [var.route_arns]
}

run "refuses_a_route_that_is_none" {
  command = plan
  variables {
    route_arns = ["arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/orders-blue/73e2d6bc24d8a067"]
  }
  expect_failures = [var.route_arns]
}

run "refuses_a_blue_that_is_no_target_group" {
  command = plan
  variables {
    blue_target_group_arn = "orders-blue"
  }
  expect_failures = [var.blue_target_group_arn]
}

run "refuses_a_green_that_is_no_target_group" {
  command = plan
  variables {
    green_target_group_arn = "orders-green"
  }
  expect_failures = [var.green_target_group_arn]
}

run "refuses_a_twin_of_an_unknown_type" {
  command = plan
  variables {
    green_target_group_arn = null
    green_twin             = { target_type = "pod" }
  }
  expect_failures = [var.green_twin]
}

run "refuses_a_green_of_both_kinds" {
  command = plan
  variables {
    green_twin = {}
  }
  expect_failures = [eksmig_target_group_twin.green]
}

run "refuses_no_green" {
  command = plan
  variables {
    green_target_group_arn = null
  }
  expect_failures = [data.eksmig_preflight.this]
}

run "refuses_no_green_without_a_preflight" {
  command = plan
  variables {
    green_target_group_arn = null
    preflight              = "off"
  }
  expect_failures = [eksmig_weighted_shift.this]
}

run "refuses_more_than_all" {
  command = plan
  variables {
    green_weight = 100.1
  }
  expect_failures = [var.green_weight]
}

run "refuses_two_decimals" {
  command = plan
  variables {
    green_weight = 0.25
  }
  expect_failures = [var.green_weight]
}

run "refuses_two_kinds_of_ramp" {
  command = plan
  variables {
    ramp = { steps = [10], step = 10 }
  }
  expect_failures = [var.ramp]
}

run "refuses_an_unknown_on_failure" {
  command = plan
  variables {
    on_failure = "ignore"
  }
  expect_failures = [var.on_failure]
}

run "refuses_an_unknown_on_destroy" {
  command = plan
  variables {
    on_destroy = "drop"
  }
  expect_failures = [var.on_destroy]
}

run "refuses_an_unknown_preflight" {
  command = plan
  variables {
    preflight = "maybe"
  }
  expect_failures = [var.preflight]
}
