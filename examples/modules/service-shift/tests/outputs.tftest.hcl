# Needs nothing: the provider checks what it is given, and is asked for nothing else. A mocked resource
# keeps its values until it is made anew, which is why it goes in between.

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

run "not_settled_where_it_was_not_asked_to_be" {
  variables {
    green_weight = 50
  }
  assert {
    condition     = output.observed_green_weight == 10 && !output.settled
    error_message = "10 % is taken for the 50 % that were asked for."
  }
}

run "not_settled_before_there_is_a_shift" {
  variables {
    green_weight = null
  }
  assert {
    condition     = length(eksmig_weighted_shift.this) == 0 && length(data.eksmig_preflight.this) == 0
    error_message = "Something is shifted or looked at already."
  }
  assert {
    condition     = output.settled == false && output.serves == null && output.status == null && output.routes == null
    error_message = "The outputs know what nobody can know."
  }
}

run "green_serves" {
  variables {
    green_weight = 100
  }
  override_resource {
    target = eksmig_weighted_shift.this[0]
    values = { observed_green_weight = 100, status = "settled" }
  }
  assert {
    condition     = output.serves == "green" && output.settled
    error_message = "Green does not serve."
  }
}

run "gone_before_the_next" {
  variables {
    green_weight = null
  }
}

run "blue_serves_after_a_roll_back" {
  override_resource {
    target = eksmig_weighted_shift.this[0]
    values = { observed_green_weight = 0, status = "rolled_back" }
  }
  assert {
    condition     = output.serves == "blue" && !output.settled
    error_message = "A shift that was rolled back is taken for a settled one."
  }
}

run "gone_once_more" {
  variables {
    green_weight = null
  }
}

run "an_undrained_side_is_not_settled" {
  override_resource {
    target = eksmig_weighted_shift.this[0]
    values = { observed_green_weight = 10, status = "undrained" }
  }
  assert {
    condition     = !output.settled
    error_message = "A shift that was not seen drained is taken for a settled one."
  }
}
