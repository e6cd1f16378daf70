# The rest of the service follows.
routes = {
  "path=/orders/*"       = { service = "orders", green_weight = 10 }
  "path=/orders/admin/*" = { service = "orders", green_weight = 100 }
  "path=/users/*"        = { service = "users", green_weight = 0 }
}
