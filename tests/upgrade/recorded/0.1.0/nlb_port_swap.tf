resource "eksmig_nlb_port_swap" "orders" {
  rest_api_id = "<api>"
  stage_names = ["prod"]
  blue_listener_arn = "<blue-listener>"
  green_listener_arn = "<green-listener>"
  green_weight = 10
  on_failure = "hold"
}
