# Every target group behind the load balancers, with every route that uses it. Its keys stay through all applies.
data "eksmig_routes" "edge" {
  load_balancer_names = var.load_balancer_names
}

# Green's target groups. The cluster's TargetGroupBindings register pods in them.
resource "eksmig_target_group_twin" "green" {
  for_each = { for name, group in data.eksmig_routes.edge.target_groups : name => group if var.twins }

  source_arn  = each.value.arn
  target_type = "ip" # pods in place of Swarm's nodes
}

resource "eksmig_weighted_shift" "service" {
  for_each = { for name, group in data.eksmig_routes.edge.target_groups : name => group if var.green_weight != null }

  route_arns             = each.value.route_arns
  blue_target_group_arn  = each.value.arn
  green_target_group_arn = eksmig_target_group_twin.green[each.key].arn
  green_weight           = lookup(var.ahead, each.key, var.green_weight)
  drop_idle_target_group = var.finish # the side at weight 0 leaves the routes

  ramp = {
    steps    = var.steps
    interval = var.interval
  }

  gate = {
    min_healthy_targets = var.min_healthy_targets
    alarm_names         = var.alarms
    poll_interval       = var.poll_interval
  }

  on_failure = "rollback"
  on_destroy = "keep"
}

# The same routes once everything is applied.
data "eksmig_routes" "now" {
  load_balancer_names = var.load_balancer_names
  depends_on          = [eksmig_weighted_shift.service]
}

output "found" {
  description = "The services of every route, by the names of blue's target groups."
  value = {
    for name, route in data.eksmig_routes.edge.routes : name => join(", ", [
      for service, group in data.eksmig_routes.edge.target_groups : service if contains(group.route_arns, route.arn)
    ]) if length(route.target_groups) > 0
  }
}

output "points_at_blue" {
  description = "How many routes forward to one of blue's target groups, be it with weight 0. At 0, blue can be deleted."
  value       = length(flatten([for group in data.eksmig_routes.now.target_groups : keys(group.routes)]))
}

output "green" {
  description = "Green's target groups by the names of blue's, for the TargetGroupBindings."
  value       = { for name, twin in eksmig_target_group_twin.green : name => twin.arn }
}
