# What the provider would say, for suites that do not ask it.

mock_resource "eksmig_target_group_twin" {
  defaults = {
    arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue-green/1111111111111111"
  }
}

mock_resource "eksmig_weighted_shift" {
  defaults = {
    observed_green_weight = 0
    status                = "settled"
  }
}

mock_data "eksmig_preflight" {
  defaults = {
    passed = true
    report = "All is well."
  }
}
