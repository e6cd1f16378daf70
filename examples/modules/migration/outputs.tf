output "waves" {
  description = "The waves in their order: the services of each, its green weight, those that are `settled` where they were asked to be, and those that blue still serves, in whole or in part (`on_blue`). Where `on_blue` is empty, blue serves nothing of the wave any more."
  value = [
    for wave in local.waves : {
      services     = wave.services
      green_weight = wave.green_weight
      settled      = tolist([for name in wave.services : name if module.service[name].settled])
      on_blue      = tolist([for name in wave.services : name if module.service[name].serves != "green"])
    }
  ]

  precondition {
    condition     = length(var.wave_weights) <= length(local.waves)
    error_message = "wave_weights has ${length(var.wave_weights)} weights, and there are ${length(local.waves)} waves of ${var.wave_size} services."
  }
  precondition {
    condition     = alltrue([for wave in local.waves : wave.green_weight == 100 if wave.finished]) && var.finished_waves <= length(local.waves)
    error_message = "finished_waves is ${var.finished_waves}, and only waves that are at 100 can be finished."
  }
  precondition {
    condition     = length(setsubtract(var.order, keys(var.services))) == 0
    error_message = "order names what is no service: ${join(", ", setsubtract(var.order, keys(var.services)))}."
  }
}

output "observed_green_weights" {
  description = "Green's percent by service, as AWS has it; null without a shift, and where a service's routes disagree."
  value       = tomap({ for name, service in module.service : name => service.observed_green_weight })
}

output "green_target_group_arns" {
  description = "Green's target groups by service, for the TargetGroupBindings in the green cluster."
  value       = tomap({ for name, service in module.service : name => service.green_target_group_arn })
}

output "preflight_report" {
  description = "What the preflight found, in Markdown; null where there was nothing to look at."
  value       = one(data.eksmig_preflight.this[*].report)
}
