services = {
  checkout = { green_weight = 50 } # over 10 %
  orders   = { green_weight = 50 }
}
