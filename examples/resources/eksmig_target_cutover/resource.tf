variable "serving" {
  description = "Whose nodes serve: blue, both or green."
  type        = string
  default     = "blue"
}

variable "target_group_arns" {
  description = "The target groups of the NodePorts, one for each port."
  type        = set(string)
}

resource "eksmig_target_cutover" "nodes" {
  target_group_arns = var.target_group_arns

  blue = {
    autoscaling_group_names = ["swarm-workers"]
  }
  green = {
    autoscaling_group_names = ["eks-workers-a", "eks-workers-b"]
  }
  serving = var.serving

  ramp = {
    batch_percent = 25   # of blue's instances; each batch drains before the next
    interval      = "2m" # after every step, green's registration included
    both_ways     = false
  }

  gate = {
    min_healthy_percent = 100 # of green's targets, in every target group
    alarm_names         = ["orders-5xx"]
  }

  on_failure = "rollback"
  on_destroy = "keep"

  timeouts {
    create = "2h"
    update = "2h"
    delete = "30m"
  }
}

# Targets by name: the same instance on two ports, and an address outside the VPC.
resource "eksmig_target_cutover" "named" {
  target_group_arns = ["arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/orders/73e2d6bc24d8a067"]

  blue = {
    targets = [{ id = "10.0.1.10" }, { id = "192.168.7.10", port = 8080, zone = "all" }]
  }
  green = {
    targets = [{ id = "10.0.2.10", port = 30080 }, { id = "10.0.2.10", port = 30081 }]
  }
  serving = "blue"
}
