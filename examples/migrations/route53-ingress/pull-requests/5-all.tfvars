# Blue's records stay at weight 0: back is one line and one step away.
services = {
  checkout = { green_weight = 100 }
  orders   = { green_weight = 100 }
}
