variable "green_weight" {
  description = "Green's percent of the traffic of every name."
  type        = number
  default     = 0
}

variable "names" {
  description = "The names to move, with the load balancer of the green cluster that each is to point to."
  type = map(object({
    load_balancer_name    = string
    load_balancer_zone_id = string
  }))
}

resource "eksmig_route53_shift" "name" {
  for_each = var.names

  zone_id = "Z0123456789ABCDEFGHIJ"
  name    = each.key
  types   = ["A", "AAAA"] # moved in one change batch

  blue = { set_identifier = "eks-blue" } # exists, and is adopted as it is
  green = {
    set_identifier = "eks-green"
    alias = { # made at weight 0 where it does not exist
      name                   = each.value.load_balancer_name
      zone_id                = each.value.load_balancer_zone_id
      evaluate_target_health = true
    }
  }
  green_weight = var.green_weight

  ramp = {
    steps    = [1, 10, 50] # on the way up; green_weight itself is always the last step
    interval = "5m"        # after every step, once the TTL is over
  }

  gate = {
    alarm_names = ["checkout-5xx"]
    http_probe = {
      url  = "https://green.example.com/health"
      host = each.key
    }
  }

  on_failure          = "rollback"
  on_destroy          = "keep"
  adopt_simple_record = false
  external_dns        = "refuse"

  wait_for_drain = { # at 0 and 100: until the idle side can be deleted
    window  = "5m"
    timeout = "45m"
  }

  timeouts {
    create = "2h"
    update = "2h"
    delete = "30m"
  }
}
