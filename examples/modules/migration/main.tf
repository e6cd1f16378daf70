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
  gate                   = each.value.gate == null ? var.gate : each.value.gate
  on_failure             = var.on_failure
  on_destroy             = var.on_destroy
  drop_idle_target_group = local.wave_of[each.key].finished && local.green_weights[each.key] == 100
  wait_for_drain         = var.wait_for_drain
  timeouts               = var.timeouts
  preflight              = var.preflight
}
