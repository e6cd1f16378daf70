resource "eksmig_weighted_shift" "service" {
  route_arns             = ["<rule>"]
  blue_target_group_arn  = "<blue>"
  green_target_group_arn = "<green>"
  green_weight           = 30
  ramp = {
    steps    = [10]
    interval = "1s"
  }
  gate = {
    poll_interval = "1s"
    min_healthy_targets = 2
  }
  on_destroy = "blue"
}
