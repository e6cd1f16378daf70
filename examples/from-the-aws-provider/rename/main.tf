moved {
  from = eksmig_weighted_shift.orders
  to   = eksmig_weighted_shift.service["orders"]
}

resource "eksmig_weighted_shift" "service" {
  for_each = toset(["orders"])

  route_arns             = ["arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/edge/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee"]
  blue_target_group_arn  = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/orders-blue/73e2d6bc24d8a067"
  green_target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/orders-green/09966783158cda59"
  green_weight           = 10
}
