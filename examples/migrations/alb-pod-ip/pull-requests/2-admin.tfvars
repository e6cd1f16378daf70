# The route that costs least goes first.
routes = {
  "path=/orders/*"       = { service = "orders", green_weight = 0 }
  "path=/orders/admin/*" = { service = "orders", green_weight = 10 }
  "path=/users/*"        = { service = "users", green_weight = 0 }
}
