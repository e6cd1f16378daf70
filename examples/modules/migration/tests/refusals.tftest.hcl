# Needs nothing: the provider checks what it is given, and is asked for nothing else.

mock_provider "eksmig" {
  source = "./tests/mocks"
}

variables {
  services = {
    basket = {
      route_arns            = ["arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/edge/50dc6c495c0c9188/f2f7dc8efc522ab2/1000000000000001"]
      blue_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/basket/2000000000000001"
      green_twin            = {}
    }
    orders = {
      route_arns             = ["arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/edge/50dc6c495c0c9188/f2f7dc8efc522ab2/1000000000000002"]
      blue_target_group_arn  = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/orders/2000000000000002"
      green_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/orders-green/3000000000000002"
    }
    users = {
      route_arns             = ["arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/edge/50dc6c495c0c9188/f2f7dc8efc522ab2/1000000000000003"]
      blue_target_group_arn  = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/users/2000000000000003"
      green_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/users-green/3000000000000003"
    }
  }
  wave_size = 2
  preflight = false
}

run "refuses_two_greens" {
  command = plan
  variables {
    services = {
      orders = {
        route_arns             = ["arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/edge/50dc6c495c0c9188/f2f7dc8efc522ab2/1000000000000002"]
        blue_target_group_arn  = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/orders/2000000000000002"
        green_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/orders-green/3000000000000002"
        green_twin             = {}
      }
    }
  }
  expect_failures = [var.services]
}

run "refuses_no_green" {
  command = plan
  variables {
    services = {
      orders = {
        route_arns            = ["arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/edge/50dc6c495c0c9188/f2f7dc8efc522ab2/1000000000000002"]
        blue_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/orders/2000000000000002"
      }
    }
  }
  expect_failures = [var.services]
}

run "refuses_a_weight_of_a_service_that_is_none" {
  command = plan
  variables {
    services = {
      orders = {
        route_arns             = ["arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/edge/50dc6c495c0c9188/f2f7dc8efc522ab2/1000000000000002"]
        blue_target_group_arn  = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/orders/2000000000000002"
        green_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/orders-green/3000000000000002"
        green_weight           = -1
      }
    }
  }
  expect_failures = [var.services]
}

run "refuses_a_route_of_two_services" {
  command = plan
  variables {
    services = {
      orders = {
        route_arns             = ["arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/edge/50dc6c495c0c9188/f2f7dc8efc522ab2/1000000000000002"]
        blue_target_group_arn  = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/orders/2000000000000002"
        green_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/orders-green/3000000000000002"
      }
      users = {
        route_arns             = ["arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/edge/50dc6c495c0c9188/f2f7dc8efc522ab2/1000000000000002"]
        blue_target_group_arn  = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/users/2000000000000003"
        green_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/users-green/3000000000000003"
      }
    }
  }
  expect_failures = [var.services]
}

run "refuses_an_empty_wave" {
  command = plan
  variables {
    wave_size = 0
  }
  expect_failures = [var.wave_size]
}

run "refuses_half_a_service" {
  command = plan
  variables {
    wave_size = 1.5
  }
  expect_failures = [var.wave_size]
}

run "refuses_a_name_twice" {
  command = plan
  variables {
    order = ["users", "users"]
  }
  expect_failures = [var.order]
}

run "refuses_a_name_that_is_no_services" {
  command = plan
  variables {
    order = ["user"]
  }
  expect_failures = [output.waves]
}

run "refuses_a_weight_that_is_none" {
  command = plan
  variables {
    wave_weights = [null, 101]
  }
  expect_failures = [var.wave_weights]
}

run "refuses_more_weights_than_waves" {
  command = plan
  variables {
    wave_weights = [100, 10, 0]
  }
  expect_failures = [output.waves]
}

run "refuses_part_of_a_wave_to_be_finished" {
  command = plan
  variables {
    finished_waves = 0.5
  }
  expect_failures = [var.finished_waves]
}

run "refuses_more_finished_waves_than_are_at_0_or_100" {
  command = plan
  variables {
    wave_weights   = [100, 10]
    finished_waves = 2
  }
  expect_failures = [output.waves]
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
