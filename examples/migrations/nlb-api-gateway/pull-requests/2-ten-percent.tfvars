# One service goes first, and rests in the stage's canary.
services = {
  checkout = { green_weight = 0 }
  orders   = { green_weight = 10 } # over 1 %
  users    = { green_weight = 0 }
}
