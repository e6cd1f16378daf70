variable "services" {
  description = "Blue's target groups by service."
  type        = map(string)
}

resource "eksmig_target_group_twin" "green" {
  for_each = var.services

  source_arn  = each.value
  name_suffix = "-green"

  target_type = "ip" # the source's where it is left out, as everything here
  port        = 8080

  health_check = {
    path     = "/ready"
    interval = 10
    timeout  = 5
  }

  attributes = {
    "deregistration_delay.timeout_seconds" = "30"
  }

  tags = {
    side = "green"
  }
}

output "green" {
  description = "Green's target groups by service, for the TargetGroupBindings in the cluster and for the shifts."
  value       = { for name, twin in eksmig_target_group_twin.green : name => twin.arn }
}
