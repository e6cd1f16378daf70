# Green joins every route at weight 0, so that AWS begins to check the health of its pods.
routes = {
  "path=/orders/*"       = { service = "orders", green_weight = 0 }
  "path=/orders/admin/*" = { service = "orders", green_weight = 0 }
  "path=/users/*"        = { service = "users", green_weight = 0 }
}
