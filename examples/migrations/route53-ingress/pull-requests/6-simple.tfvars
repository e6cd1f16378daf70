# Blue's records go, and green's become simple ones. There is no way back by this shift.
services = {
  checkout = { green_weight = 100, finished = true }
  orders   = { green_weight = 100, finished = true }
}
