variable "listeners" {
  description = "Blue's listeners by service, and the ARN of green's target group."
  type = map(object({
    blue  = string
    green = string
  }))
}

resource "eksmig_nlb_listener_twin" "green" {
  for_each = var.listeners

  source_arn       = each.value.blue
  target_group_arn = each.value.green

  port_range = {
    from = 8443
    to   = 8499
  }

  tags = {
    side = "green"
  }
}

output "ports" {
  description = "Green's port by service. The load balancer's security groups must let it in."
  value       = { for name, twin in eksmig_nlb_listener_twin.green : name => twin.port }
}
