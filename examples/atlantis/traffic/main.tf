locals {
  # The shares that a service goes through at most, from none of the traffic to what is asked for.
  shares = {
    for name, service in var.services :
    name => concat([0], [for step in var.steps : step if step < service.green_weight], [service.green_weight])
  }
  largest_steps = {
    for name, shares in local.shares :
    name => max([for nth in range(1, length(shares)) : shares[nth] - shares[nth - 1]]...)
  }
}

resource "eksmig_weighted_shift" "service" {
  for_each = var.services

  route_arns             = each.value.route_arns
  blue_target_group_arn  = each.value.blue
  green_target_group_arn = each.value.green
  green_weight           = each.value.green_weight

  ramp = {
    steps    = var.steps
    interval = var.interval
  }

  gate = {
    min_healthy_targets = 2
    alarm_names         = var.alarms
  }

  # Stops by itself, and holds, before anything else could stop it.
  timeouts {
    create = "90m"
    update = "90m"
  }

  # What server/policies asks for, where there is no conftest. A plan that breaks it fails.
  lifecycle {
    precondition {
      condition     = local.largest_steps[each.key] <= var.max_step
      error_message = "A step of ${local.largest_steps[each.key]} points; at most ${var.max_step} are allowed."
    }
    precondition {
      condition     = each.value.green_weight == 0 || length(var.alarms) > 0
      error_message = "Green rises, and no alarm has a say."
    }
  }
}

# Beside the check and not in it: what is in one is read once more in every apply, and no plan would be empty.
data "eksmig_target_health" "green" {
  target_group_arns = toset(values(var.services)[*].green)
}

# Says at every plan what is not well, and stops nothing; server/policies does, while green rises.
check "green_is_well" {
  assert {
    condition = alltrue([
      for group in data.eksmig_target_health.green.target_groups : group.registered == group.healthy
    ])
    error_message = join("\n", [
      for name, group in data.eksmig_target_health.green.target_groups : "${name}: ${group.summary}"
    ])
  }
}
