# In place of main.tf, when the migration is over: Terraform forgets both, and nothing is deleted.
removed {
  from = eksmig_weighted_shift.service
  lifecycle { destroy = false }
}

removed {
  from = eksmig_target_group_twin.green
  lifecycle { destroy = false }
}
