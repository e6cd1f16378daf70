# The others go together: they share one canary, over 1, 10 and 50 %.
services = {
  checkout = { green_weight = 100 }
  orders   = { green_weight = 100 }
  users    = { green_weight = 100 }
}
