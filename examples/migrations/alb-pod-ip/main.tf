data "eksmig_routes" "edge" {
  load_balancer_names = [var.load_balancer_name]
}

# One shift for each route, so that each has its own pace.
resource "eksmig_weighted_shift" "route" {
  for_each = var.routes

  route_arns             = [data.eksmig_routes.edge.routes["${var.load_balancer_name}:${var.port} ${each.key}"].arn]
  blue_target_group_arn  = var.services[each.value.service].blue
  green_target_group_arn = var.services[each.value.service].green
  green_weight           = each.value.green_weight
  drop_idle_target_group = each.value.finish # the side at weight 0 leaves the route

  # A pull request that goes up by more than one of these takes them all, one after the other.
  ramp = {
    steps    = [1, 10, 50]
    interval = var.interval
  }

  gate = {
    min_healthy_targets = 2
    alarm_names         = var.alarms
    poll_interval       = var.poll_interval
  }

  on_failure = "rollback"
  on_destroy = "keep"
}

output "green_weights" {
  description = "Green's percent of each route, as AWS has it."
  value       = { for route, shift in eksmig_weighted_shift.route : route => shift.observed_green_weight }
}
