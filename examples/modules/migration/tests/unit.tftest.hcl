# Needs nothing: the provider checks what it is given, cuts the waves, and is asked for nothing else.

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
}

run "everything_joins_at_first" {
  assert {
    condition     = join(" | ", [for wave in output.waves : join(" ", wave.services)]) == "basket orders | users"
    error_message = "The waves are cut otherwise."
  }
  assert {
    condition     = alltrue([for wave in output.waves : wave.green_weight == 0 && wave.settled == wave.services && wave.on_blue == wave.services])
    error_message = "Blue does not serve everything."
  }
  assert {
    condition     = output.green_target_group_arns["orders"] == var.services["orders"].green_target_group_arn && strcontains(output.green_target_group_arns["basket"], "blue-green")
    error_message = "Green's target groups are others."
  }
  assert {
    condition     = output.observed_green_weights == tomap({ basket = 0, orders = 0, users = 0 }) && output.preflight_report == "All is well."
    error_message = "A service's outputs are not handed on."
  }
}

run "a_wave_is_not_settled_where_it_was_not_asked_to_be" {
  variables {
    wave_weights = [10]
  }
  assert {
    condition     = join(" ", output.waves[0].settled) == "" && join(" ", output.waves[1].settled) == "users"
    error_message = "A service at 0 % is taken for settled at 10 %."
  }
}

run "one_preflight_looks_at_all" {
  variables {
    gate = { alarm_names = ["edge-5xx"], min_healthy_targets = 2 }
  }
  assert {
    condition = (
      keys(data.eksmig_preflight.this[0].target_group_pairs) == keys(var.services)
      && length(data.eksmig_preflight.this[0].route_arns) == 3
      && data.eksmig_preflight.this[0].alarm_names == toset(["edge-5xx"])
      && data.eksmig_preflight.this[0].min_healthy_targets == 2
    )
    error_message = "The preflight looks at something else than the shifts."
  }
}

run "an_error_found_warns" {
  override_data {
    target = data.eksmig_preflight.this[0]
    values = { passed = false, report = "Green is in another VPC." }
  }
  expect_failures = [check.preflight]
}

run "nothing_is_looked_for_without_a_preflight" {
  variables {
    preflight = false
  }
  assert {
    condition     = length(data.eksmig_preflight.this) == 0
    error_message = "It was looked at all the same."
  }
}

run "named_ones_go_first" {
  command = plan
  variables {
    order        = ["users"]
    wave_weights = [100, 10]
  }
  assert {
    condition     = join(" | ", [for wave in output.waves : join(" ", concat(wave.services, [wave.green_weight]))]) == "users basket 100 | orders 10"
    error_message = "The order is not kept."
  }
}

run "one_service_stays_behind" {
  variables {
    wave_weights = [0, 10]
    services = {
      orders = {
        route_arns             = ["arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/edge/50dc6c495c0c9188/f2f7dc8efc522ab2/1000000000000002"]
        blue_target_group_arn  = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/orders/2000000000000002"
        green_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/orders-green/3000000000000002"
      }
      users = {
        route_arns             = ["arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/edge/50dc6c495c0c9188/f2f7dc8efc522ab2/1000000000000003"]
        blue_target_group_arn  = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/users/2000000000000003"
        green_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/users-green/3000000000000003"
        green_weight           = 0
      }
    }
    wave_size = 1
  }
  # The mocked weight is 0, so that only a service that was asked for 0 is settled.
  assert {
    condition     = output.waves[1].green_weight == 10 && join(" ", output.waves[1].settled) == "users"
    error_message = "A service's own weight does not stand in place of its wave's."
  }
}

run "nothing_is_touched_before_a_wave_begins" {
  variables {
    wave_weights = [null, null]
  }
  assert {
    condition     = alltrue([for weight in values(output.observed_green_weights) : weight == null])
    error_message = "Something is shifted already."
  }
  assert {
    condition     = alltrue([for wave in output.waves : length(wave.settled) == 0 && wave.on_blue == wave.services])
    error_message = "A wave that has not begun is not blue's any more."
  }
  assert {
    condition     = length(data.eksmig_preflight.this) == 0 && output.preflight_report == null
    error_message = "It is looked at already."
  }
  assert {
    condition     = output.green_target_group_arns["basket"] != null
    error_message = "There is no twin for the pods to register in."
  }
}

run "green_serves_a_wave" {
  variables {
    wave_weights   = [100, 0]
    finished_waves = 1
  }
  override_resource {
    target = module.service["basket"].eksmig_weighted_shift.this
    values = { observed_green_weight = 100, status = "settled" }
  }
  override_resource {
    target = module.service["orders"].eksmig_weighted_shift.this
    values = { observed_green_weight = 50, status = "held" }
  }
  assert {
    condition     = join(" ", output.waves[0].settled) == "basket" && join(" ", output.waves[0].on_blue) == "orders"
    error_message = "What is held half-way is taken for green's."
  }
  assert {
    condition     = toset(keys(data.eksmig_preflight.this[0].target_group_pairs)) == toset(["users"])
    error_message = "What is finished is looked at, of which blue may be gone."
  }
  assert {
    condition     = join(" ", output.waves[1].settled) == "users" && join(" ", output.waves[1].on_blue) == "users"
    error_message = "The second wave moved as well."
  }
}

run "there_may_be_no_service" {
  command = plan
  variables {
    services = {}
  }
  assert {
    condition     = length(output.waves) == 0
    error_message = "There is a wave of nothing."
  }
}
