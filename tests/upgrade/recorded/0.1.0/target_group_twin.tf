resource "eksmig_target_group_twin" "green" {
  source_arn = "<source>"
  attributes = {
    "deregistration_delay.timeout_seconds" = "30"
  }
}
