resource "eksmig_route53_shift" "orders" {
  zone_id = "<zone>"
  name = "<name>"
  types = ["A"]
  blue = { set_identifier = "blue" }
  green = { set_identifier = "green"
  }
  green_weight = 30
  gate = {
    poll_interval = "1s"
  }
}
