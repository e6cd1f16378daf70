variable "green_target_group_arns" {
  description = "Green's target groups."
  type        = set(string)
}

data "eksmig_target_health" "green" {
  target_group_arns = var.green_target_group_arns
}

# Says at every plan and apply what is not well, and stops neither.
check "green_is_well" {
  assert {
    condition = alltrue([
      for group in data.eksmig_target_health.green.target_groups :
      group.healthy > 0 && group.healthy == group.registered
    ])
    error_message = join("\n", [
      for name, group in data.eksmig_target_health.green.target_groups : "${name}: ${group.summary}"
    ])
  }
}

output "healthy_by_zone" {
  description = "How many healthy targets each target group has in each availability zone."
  value = {
    for name, group in data.eksmig_target_health.green.target_groups :
    name => { for zone, counts in group.zones : zone => counts.healthy }
  }
}
