# Blue leaves the routes, and its target groups can be deleted.
routes = {
  "path=/orders/*"       = { service = "orders", green_weight = 100, finish = true }
  "path=/orders/admin/*" = { service = "orders", green_weight = 100, finish = true }
  "path=/users/*"        = { service = "users", green_weight = 100, finish = true }
}
