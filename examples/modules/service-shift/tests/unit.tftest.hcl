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

run "a_name_routes_two_groups_and_a_weight_are_enough" {
  assert {
    condition = (
      eksmig_weighted_shift.this[0].green_weight == 10
      && eksmig_weighted_shift.this[0].route_arns == var.route_arns
      && eksmig_weighted_shift.this[0].blue_target_group_arn == var.blue_target_group_arn
      && eksmig_weighted_shift.this[0].green_target_group_arn == var.green_target_group_arn
    )
    error_message = "The shift is not what was asked for."
  }
  assert {
    condition     = eksmig_weighted_shift.this[0].ramp.interval == "5m" && eksmig_weighted_shift.this[0].on_destroy == "keep"
    error_message = "The defaults are others."
  }
  assert {
    condition     = length(eksmig_target_group_twin.green) == 0
    error_message = "A twin was made that nobody asked for."
  }
  assert {
    condition     = output.serves == "both" && output.settled && output.preflight_report == "All is well."
    error_message = "The outputs are not what the shift says."
  }
}

run "a_twin_takes_greens_place" {
  variables {
    green_target_group_arn = null
    green_twin = {
      target_type  = "ip"
      health_check = { path = "/ready" }
    }
  }
  assert {
    condition = (
      eksmig_target_group_twin.green[0].source_arn == var.blue_target_group_arn
      && eksmig_target_group_twin.green[0].target_type == "ip"
      && eksmig_target_group_twin.green[0].health_check.path == "/ready"
    )
    error_message = "The twin is not what was asked for."
  }
  assert {
    condition = (
      output.green_target_group_arn == eksmig_target_group_twin.green[0].arn
      && eksmig_weighted_shift.this[0].green_target_group_arn == eksmig_target_group_twin.green[0].arn
    )
    error_message = "Green is not the twin."
  }
}

run "a_twin_comes_before_the_shift" {
  variables {
    green_target_group_arn = null
    green_twin             = {}
    green_weight           = null
  }
  assert {
    condition     = output.green_target_group_arn == eksmig_target_group_twin.green[0].arn && length(eksmig_weighted_shift.this) == 0
    error_message = "Not the twin alone was made."
  }
}

run "what_is_given_goes_through" {
  variables {
    ramp                   = { step = 25, interval = "1m", both_ways = true }
    gate                   = { min_healthy_targets = 2, alarm_names = ["orders-5xx"], http_probe = { url = "https://green.example.com" } }
    on_failure             = "hold"
    on_destroy             = "blue"
    drop_idle_target_group = true
    wait_for_drain         = {}
    timeouts               = { create = "1h" }
  }
  assert {
    condition = (
      eksmig_weighted_shift.this[0].ramp.step == 25
      && eksmig_weighted_shift.this[0].ramp.both_ways
      && eksmig_weighted_shift.this[0].gate.http_probe.url == "https://green.example.com"
      && eksmig_weighted_shift.this[0].on_failure == "hold"
      && eksmig_weighted_shift.this[0].on_destroy == "blue"
      && eksmig_weighted_shift.this[0].drop_idle_target_group
      && eksmig_weighted_shift.this[0].wait_for_drain != null
      && eksmig_weighted_shift.this[0].timeouts.create == "1h"
    )
    error_message = "Something was lost on the way."
  }
  assert {
    condition = (
      data.eksmig_preflight.this[0].min_healthy_targets == 2
      && data.eksmig_preflight.this[0].alarm_names == toset(["orders-5xx"])
      && data.eksmig_preflight.this[0].target_group_pairs["orders"].green_target_group_arn == var.green_target_group_arn
    )
    error_message = "The preflight looks at something else than the shift."
  }
}

run "blue_is_not_looked_at_once_it_is_to_leave" {
  variables {
    green_weight           = 100
    drop_idle_target_group = true
  }
  assert {
    condition     = length(data.eksmig_preflight.this) == 0
    error_message = "Blue is looked at, and may be gone."
  }
}

run "an_error_found_warns" {
  override_data {
    target = data.eksmig_preflight.this[0]
    values = { passed = false, report = "Green is in another VPC." }
  }
  expect_failures = [check.preflight]
}

run "an_error_found_stops_where_it_is_to" {
  command = plan
  variables {
    preflight = "stop"
  }
  override_data {
    target = data.eksmig_preflight.this[0]
    values = { passed = false, report = "Green is in another VPC." }
  }
  expect_failures = [eksmig_weighted_shift.this]
}

run "an_error_found_does_not_stop_the_way_back" {
  variables {
    preflight    = "stop"
    green_weight = 0
  }
  override_data {
    target = data.eksmig_preflight.this[0]
    values = { passed = false, report = "Green is in another VPC." }
  }
  assert {
    condition     = eksmig_weighted_shift.this[0].green_weight == 0
    error_message = "There is no way back."
  }
}

run "nothing_is_looked_for_where_preflight_is_off" {
  variables {
    preflight = "off"
  }
  assert {
    condition     = length(data.eksmig_preflight.this) == 0 && output.preflight_report == null
    error_message = "It was looked at all the same."
  }
}
