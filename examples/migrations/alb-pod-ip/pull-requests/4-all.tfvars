# Blue stays in the routes at weight 0: back is one line and one step away.
routes = {
  "path=/orders/*"       = { service = "orders", green_weight = 100 }
  "path=/orders/admin/*" = { service = "orders", green_weight = 100 }
  "path=/users/*"        = { service = "users", green_weight = 100 }
}
