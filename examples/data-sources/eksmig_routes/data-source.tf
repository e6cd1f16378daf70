variable "green_weight" {
  description = "Green's percent of the traffic of every service."
  type        = number
  default     = 0
}

variable "blue_target_group_arns" {
  description = "Blue's target groups, as the migration began with them."
  type        = set(string)
}

# Every target group behind the load balancers of the shop, each with all the routes that use it or its twin.
data "eksmig_routes" "edge" {
  load_balancer_tags = { team = "shop" }
}

# A twin and a shift for each of them, from the first apply to the last.
resource "eksmig_target_group_twin" "green" {
  for_each = data.eksmig_routes.edge.target_groups

  source_arn = each.value.arn
}

resource "eksmig_weighted_shift" "service" {
  for_each = data.eksmig_routes.edge.target_groups

  route_arns             = each.value.route_arns
  blue_target_group_arn  = each.value.arn
  green_target_group_arn = eksmig_target_group_twin.green[each.key].arn
  green_weight           = var.green_weight
}

# Whose traffic a controller would move back.
output "managed" {
  description = "The cluster that manages a route, by the route's name."
  value = {
    for name, route in data.eksmig_routes.edge.routes : name => route.manager.cluster if route.manager != null
  }
}

# What can be deleted after the last step.
data "eksmig_routes" "blue" {
  target_group_arns = var.blue_target_group_arns
}

output "deletable" {
  description = "Blue's target groups that nothing points at any more."
  value       = [for name, group in data.eksmig_routes.blue.target_groups : name if group.deletable]
}
