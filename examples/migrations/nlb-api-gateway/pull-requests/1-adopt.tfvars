# The swaps exist. Nothing is written, for blue serves everything already.
services = {
  checkout = { green_weight = 0 }
  orders   = { green_weight = 0 }
  users    = { green_weight = 0 }
}
