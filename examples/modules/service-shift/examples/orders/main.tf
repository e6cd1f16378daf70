terraform {
  required_version = ">= 1.8"
  required_providers {
    eksmig = { source = "eksmig/eksmig" }
  }
}

provider "eksmig" {
  region = "eu-west-1"
}

# All that is needed: one service, from one target group to another.
module "orders" {
  source = "../.."

  name                   = "orders"
  route_arns             = ["arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/edge/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee"]
  blue_target_group_arn  = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/orders-blue/73e2d6bc24d8a067"
  green_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/orders-green/09966783158cda59"
  green_weight           = 0
}

# A service whose green target group is made here, with more gates.
module "users" {
  source = "../.."

  name                  = "users"
  route_arns            = ["arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/edge/50dc6c495c0c9188/f2f7dc8efc522ab2/0467ef3c0a1ef1e5"]
  blue_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/users-blue/b6bd1d1b76a8c4a0"
  green_twin            = { target_type = "ip" }
  green_weight          = null # until the cluster has bound its pods to the twin

  ramp = {
    steps    = [5, 25]
    interval = "10m"
  }
  gate = {
    min_healthy_percent = 50
    alarm_names         = ["users-5xx"]
  }
}

output "serves" {
  description = "Who serves each of them."
  value       = { orders = module.orders.serves, users = module.users.serves }
}
