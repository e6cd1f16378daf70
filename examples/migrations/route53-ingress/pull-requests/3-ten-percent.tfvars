services = {
  checkout = { green_weight = 1 }
  orders   = { green_weight = 10 }
}
