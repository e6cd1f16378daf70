terraform {
  required_version = ">= 1.8"
  required_providers {
    eksmig = { source = "eksmig/eksmig" }
  }
}

provider "eksmig" {
  region = "eu-west-1"
}

variable "wave_weights" {
  description = "What a pull request changes."
  type        = list(number)
  default     = []
}

locals {
  rule  = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/edge/50dc6c495c0c9188/f2f7dc8efc522ab2"
  group = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup"
}

module "migration" {
  source = "../.."

  services = {
    orders = {
      route_arns             = ["${local.rule}/9683b2d02a6cabee", "${local.rule}/7f3f8d1b3c1a4c55"]
      blue_target_group_arn  = "${local.group}/orders-blue/73e2d6bc24d8a067"
      green_target_group_arn = "${local.group}/orders-green/09966783158cda59"
      gate                   = { alarm_names = ["orders-5xx"] } # in place of the one below
    }
    search = {
      route_arns             = ["${local.rule}/c5a1f1e2b3d44f66"]
      blue_target_group_arn  = "${local.group}/search-blue/2453ed029918f21f"
      green_target_group_arn = "${local.group}/search-green/943f017f100becff"
    }
    static = {
      route_arns             = ["${local.rule}/1e2d3c4b5a697887"]
      blue_target_group_arn  = "${local.group}/static-blue/6d0ecf831eec9f09"
      green_target_group_arn = "${local.group}/static-green/50dc6c495c0c9188"
    }
  }

  order        = ["static", "search", "orders"] # what costs least goes first
  wave_size    = 2
  wave_weights = var.wave_weights

  ramp = {
    steps    = [1, 10, 50]
    interval = "5m"
  }
  gate = {
    min_healthy_percent = 50
  }
}

output "waves" {
  description = "How far each wave is."
  value       = module.migration.waves
}
