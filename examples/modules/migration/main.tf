locals {
  # Those in `order` first. The others follow by name.
  names = concat(
    [for name in var.order : name if contains(keys(var.services), name)],
    [for name in keys(var.services) : name if !contains(var.order, name)],
  )

  waves = [
    for number, names in provider::eksmig::waves(local.names, var.wave_size) : {
      services     = names
      green_weight = number < length(var.wave_weights) ? var.wave_weights[number] : 0
      finished     = number < var.finished_waves
    }
  ]

  wave_of = merge([for wave in local.waves : { for name in wave.services : name => wave }]...)

  green_weights = {
    for name, service in var.services : name =>
    service.green_weight == null ? local.wave_of[name].green_weight : service.green_weight
  }
  gates = { for name, service in var.services : name => service.gate == null ? var.gate : service.gate }

  # Those that are looked at before they move. Of finished ones, blue may be gone.
  looked_at = [
    for name, weight in local.green_weights : name
    if var.preflight && weight != null && !(local.wave_of[name].finished && weight == 100)
  ]
}

# One for all, for it reads what they have in common once.
data "eksmig_preflight" "this" {
  count = length(local.looked_at) > 0 ? 1 : 0

  target_group_pairs = {
    for name in local.looked_at : name => {
      blue_target_group_arn  = var.services[name].blue_target_group_arn
      green_target_group_arn = module.service[name].green_target_group_arn
    }
  }
  route_arns          = toset(flatten([for name in local.looked_at : tolist(var.services[name].route_arns)]))
  alarm_names         = toset(flatten([for name in local.looked_at : tolist(coalesce(local.gates[name].alarm_names, []))]))
  min_healthy_targets = var.gate.min_healthy_targets
  min_healthy_percent = var.gate.min_healthy_percent
}

# A warning: a condition of the plan would keep every service where it is, and so from its way back.
check "preflight" {
  assert {
    condition     = alltrue(data.eksmig_preflight.this[*].passed)
    error_message = "Not every service is ready to move:\n${join("\n", data.eksmig_preflight.this[*].report)}"
  }
}

module "service" {
  source   = "../service-shift"
  for_each = var.services

  name                   = each.key
  route_arns             = each.value.route_arns
  blue_target_group_arn  = each.value.blue_target_group_arn
  green_target_group_arn = each.value.green_target_group_arn
  green_twin             = each.value.green_twin
  green_weight           = local.green_weights[each.key]

  ramp                   = each.value.ramp == null ? var.ramp : each.value.ramp
  gate                   = local.gates[each.key]
  on_failure             = var.on_failure
  on_destroy             = var.on_destroy
  drop_idle_target_group = local.wave_of[each.key].finished && local.green_weights[each.key] == 100
  wait_for_drain         = var.wait_for_drain
  timeouts               = var.timeouts
  preflight              = "off" # it is looked at above
}
