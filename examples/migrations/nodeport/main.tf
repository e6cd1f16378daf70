data "eksmig_routes" "edge" {
  load_balancer_names = var.load_balancer_names
}

# All NodePorts in one, for a node leaves with all its ports.
resource "eksmig_target_cutover" "nodes" {
  target_group_arns = [
    for group in data.eksmig_routes.edge.target_groups : group.arn if group.target_type == "instance"
  ]

  blue    = { autoscaling_group_names = var.blue_groups }
  green   = { autoscaling_group_names = var.green_groups }
  serving = var.serving

  ramp = {
    batch_percent = 25 # of blue's nodes; each batch drains before the next
    interval      = var.interval
  }

  gate = {
    min_healthy_percent = 100 # of green's nodes, in every target group
    alarm_names         = var.alarms
    poll_interval       = var.poll_interval
  }

  on_failure = "rollback"
  on_destroy = "keep"
}

output "serving" {
  description = "Whose nodes serve, as AWS has it."
  value       = eksmig_target_cutover.nodes.observed_serving
}
