removed {
  from = eksmig_weighted_shift.service
  lifecycle { destroy = false }
}
