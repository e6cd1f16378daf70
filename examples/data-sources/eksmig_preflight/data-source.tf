variable "green_weight" {
  description = "Green's percent of the traffic of every service."
  type        = number
  default     = 0
}

variable "services" {
  description = "The services that are moved, by name."
  type = map(object({
    route_arns = set(string)
    blue       = string
    green      = string
  }))
}

data "eksmig_preflight" "services" {
  target_group_pairs = {
    for name, service in var.services : name => {
      blue_target_group_arn  = service.blue
      green_target_group_arn = service.green
    }
  }
  route_arns          = flatten(values(var.services)[*].route_arns)
  alarm_names         = ["orders-5xx"]
  min_healthy_targets = 2
}

# Nothing is moved as long as an error is found, but for the way back.
resource "eksmig_weighted_shift" "service" {
  for_each = var.services

  route_arns             = each.value.route_arns
  blue_target_group_arn  = each.value.blue
  green_target_group_arn = each.value.green
  green_weight           = var.green_weight

  lifecycle {
    precondition {
      condition     = var.green_weight == 0 || data.eksmig_preflight.services.passed
      error_message = data.eksmig_preflight.services.report
    }
  }
}

# Says at every plan and apply what is not well with a name in DNS, and stops neither.
check "checkout" {
  data "eksmig_preflight" "checkout" {
    records = {
      checkout = {
        zone_id              = "Z0123456789ABCDEFGHIJ"
        name                 = "checkout.example.com"
        types                = ["A", "AAAA"]
        blue_set_identifier  = "eks-blue"
        green_set_identifier = "eks-green"
      }
    }
  }

  assert {
    condition     = length(data.eksmig_preflight.checkout.findings) == 0
    error_message = data.eksmig_preflight.checkout.report
  }
}

# For a comment in a pull request: terraform output -raw preflight
output "preflight" {
  description = "What was found, as Markdown."
  value       = data.eksmig_preflight.services.report
}
