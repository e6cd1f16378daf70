variable "green_weight" {
  description = "Green's percent of the traffic of every service."
  type        = number
  default     = 0
}

variable "services" {
  description = "The services to move: their routes, and the target groups in the two clusters."
  type = map(object({
    route_arns = set(string)
    blue       = string
    green      = string
  }))
}

resource "eksmig_weighted_shift" "service" {
  for_each = var.services

  route_arns             = each.value.route_arns # listeners, for their default action, and rules, in any mix
  blue_target_group_arn  = each.value.blue
  green_target_group_arn = each.value.green
  green_weight           = var.green_weight

  ramp = {
    steps    = [1, 10, 50] # on the way up; green_weight itself is always the last step
    interval = "5m"        # after every step, the last one too
  }

  gate = {
    min_healthy_targets = 2
    min_healthy_percent = 50
    alarm_names         = ["${each.key}-5xx", "${each.key}-latency"]

    http_probe = {
      url             = "https://green.example.com/health"
      host            = "${each.key}.example.com"
      headers         = { "X-Probe" = "eksmig" }
      expected_status = "200-299"
      timeout         = "2s"
    }

    error_rate = {
      max_percent  = 1
      min_requests = 200
      window       = "5m"
    }

    failure_threshold = 2
    poll_interval     = "15s"
    timeout           = "15m"
  }

  on_failure             = "rollback"
  on_destroy             = "keep"
  drop_idle_target_group = false

  wait_for_drain = { # at 0 and 100: until the idle side can be deleted
    window  = "2m"
    timeout = "45m"
  }

  timeouts {
    create = "1h"
    update = "1h"
    delete = "10m"
  }
}

output "observed" {
  description = "Green's percent as AWS has it, by service."
  value       = { for name, shift in eksmig_weighted_shift.service : name => shift.observed_green_weight }
}
