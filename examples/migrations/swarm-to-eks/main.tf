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

output "points_at_blue" {
  description = "Blue's weight, by route and target group. When it is empty, nothing points at blue any more."
  value = merge([
    for name, group in data.eksmig_routes.now.target_groups :
    { for route, use in group.routes : "${route} -> ${name}" => use.weight }
  ]...)
}

output "green" {
  description = "Green's target groups by the names of blue's, for the TargetGroupBindings."
  value       = { for name, twin in eksmig_target_group_twin.green : name => twin.arn }
}
