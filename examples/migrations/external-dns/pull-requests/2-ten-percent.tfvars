services = { orders = 10 }
