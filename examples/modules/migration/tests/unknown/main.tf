# Greens and routes that are made in the same configuration, and so known only after apply.

terraform {
  required_version = ">= 1.8"
  required_providers {
    eksmig = { source = "eksmig/eksmig" }
  }
}

resource "eksmig_target_group_twin" "green" {
  for_each = toset(["orders", "users"])

  source_arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/${each.key}/2000000000000001"
}

resource "terraform_data" "rule" {
  for_each = toset(["orders", "users"])

  input = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/edge/50dc6c495c0c9188/f2f7dc8efc522ab2/${md5(each.key)}"
}

module "migration" {
  source = "../.."

  services = {
    for name, green in eksmig_target_group_twin.green : name => {
      route_arns             = [terraform_data.rule[name].output]
      blue_target_group_arn  = green.source_arn
      green_target_group_arn = green.arn
    }
  }
  wave_size    = 1
  wave_weights = [10]
}

output "waves" {
  description = "What the migration says."
  value       = module.migration.waves
}
