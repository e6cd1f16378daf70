services = { orders = 100 }
