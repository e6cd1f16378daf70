resource "eksmig_external_dns_shift" "orders" {
  zone_id = "<zone>"
  name = "<name>"
  blue = { cluster = "blue", kind = "Ingress", namespace = "shop", name = "orders", set_identifier = "blue" }
  green = { cluster = "green", kind = "Ingress", namespace = "shop", name = "orders", set_identifier = "green" }
  green_weight = 50
  force_conflicts = true
  
}
