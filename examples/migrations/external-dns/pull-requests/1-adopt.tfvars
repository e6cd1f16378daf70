services = { orders = 0 }
