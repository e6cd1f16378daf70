# One service goes first.
services = {
  checkout = { green_weight = 0 }
  orders   = { green_weight = 1 }
}
