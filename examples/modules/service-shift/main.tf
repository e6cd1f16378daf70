locals {
  without_green = "Service ${var.name} has no green: give it green_target_group_arn, or green_twin to have one made."
  green         = var.green_twin == null ? var.green_target_group_arn : eksmig_target_group_twin.green[0].arn
  observed      = one(eksmig_weighted_shift.this[*].observed_green_weight)
}

# Counted by green_twin, and not by the ARN, which may not be known in a plan.
resource "eksmig_target_group_twin" "green" {
  count = var.green_twin == null ? 0 : 1

  source_arn   = var.blue_target_group_arn
  name         = var.green_twin.name
  name_suffix  = var.green_twin.name_suffix
  target_type  = var.green_twin.target_type
  protocol     = var.green_twin.protocol
  port         = var.green_twin.port
  vpc_id       = var.green_twin.vpc_id
  health_check = var.green_twin.health_check
  attributes   = var.green_twin.attributes
  tags         = var.green_twin.tags

  lifecycle {
    precondition {
      condition     = var.green_target_group_arn == null
      error_message = "Service ${var.name} has both green_target_group_arn and green_twin. Keep one of the two."
    }
  }
}

# Once blue is to leave for good, it may be gone.
data "eksmig_preflight" "this" {
  count = var.preflight == "off" || var.green_weight == null || (var.drop_idle_target_group && var.green_weight == 100) ? 0 : 1

  target_group_pairs = {
    (var.name) = {
      blue_target_group_arn  = var.blue_target_group_arn
      green_target_group_arn = local.green
    }
  }
  route_arns          = var.route_arns
  alarm_names         = var.gate.alarm_names
  min_healthy_targets = var.gate.min_healthy_targets
  min_healthy_percent = var.gate.min_healthy_percent

  lifecycle {
    precondition {
      condition     = local.green != null
      error_message = local.without_green
    }
  }
}

# A warning, which stops nobody's way back.
check "preflight" {
  assert {
    condition     = var.preflight != "warn" || alltrue(data.eksmig_preflight.this[*].passed)
    error_message = "Service ${var.name} is not ready to move:\n${join("\n", data.eksmig_preflight.this[*].report)}"
  }
}

resource "eksmig_weighted_shift" "this" {
  count = var.green_weight == null ? 0 : 1

  route_arns             = var.route_arns
  blue_target_group_arn  = var.blue_target_group_arn
  green_target_group_arn = local.green
  green_weight           = var.green_weight

  ramp                   = var.ramp
  gate                   = var.gate
  on_failure             = var.on_failure
  on_destroy             = var.on_destroy
  drop_idle_target_group = var.drop_idle_target_group
  wait_for_drain         = var.wait_for_drain

  timeouts {
    create = var.timeouts.create
    update = var.timeouts.update
    delete = var.timeouts.delete
  }

  lifecycle {
    precondition {
      condition     = local.green != null
      error_message = local.without_green
    }
    precondition {
      condition     = var.preflight != "stop" || var.green_weight == 0 || alltrue(data.eksmig_preflight.this[*].passed)
      error_message = "Service ${var.name} is not ready to move:\n${join("\n", data.eksmig_preflight.this[*].report)}"
    }
  }
}
