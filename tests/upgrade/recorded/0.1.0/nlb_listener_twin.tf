resource "eksmig_nlb_listener_twin" "green" {
  source_arn       = "<source>"
  target_group_arn = "<green>"
  port = 8443
}
