resource "eksmig_nlb_port_swap" "service" {
  for_each = var.services

  rest_api_id        = var.rest_api_id
  stage_names        = var.stage_names
  blue_listener_arn  = var.blue_listener_arn
  green_listener_arn = var.green_listener_arn
  routes             = ["ANY /${each.key}/{proxy+}"] # the service's own; what other teams route stays theirs
  green_weight       = each.value.green_weight

  # A pull request that goes up by more than one of these takes them all, one after the other.
  ramp = {
    steps    = [1, 10, 50]
    interval = var.interval
  }

  gate = {
    min_healthy_targets = 2
    alarm_names         = var.alarms
    poll_interval       = "10s"
  }

  undeployed_changes = "refuse" # a deployment ships the whole API: nobody's half-made edit goes with it
  on_failure         = "rollback"
  on_destroy         = "keep"
}

output "green_weights" {
  description = "Green's percent of each service's requests, as AWS has it."
  value       = { for name, swap in eksmig_nlb_port_swap.service : name => swap.observed_green_weight }
}
