variable "green_weight" {
  description = "Green's percent of the requests of every service."
  type        = number
  default     = 0
}

variable "services" {
  description = "The services to move, with the two listeners of the load balancer that each is served from."
  type = map(object({
    blue_listener_arn  = string
    green_listener_arn = string
  }))
}

resource "eksmig_nlb_port_swap" "service" {
  for_each = var.services

  rest_api_id        = "a1b2c3d4e5"
  stage_names        = ["prod"]
  blue_listener_arn  = each.value.blue_listener_arn # two listeners, two ports, one load balancer
  green_listener_arn = each.value.green_listener_arn
  routes             = ["ANY /${each.key}/{proxy+}"]
  green_weight       = var.green_weight

  ramp = {
    steps    = [1, 10, 50] # through the stage's canary; green_weight itself is always the last step
    interval = "5m"
  }

  gate = {
    min_healthy_targets = 2
    alarm_names         = ["${each.key}-5xx"]
  }

  undeployed_changes = "refuse"
  on_failure         = "rollback"
  on_destroy         = "keep"

  wait_for_drain = { # at 0 and 100: until the idle side can be deleted
    window  = "2m"
    timeout = "45m"
  }

  timeouts {
    create = "2h"
    update = "2h"
    delete = "30m"
  }
}
