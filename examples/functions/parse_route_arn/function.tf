locals {
  rule = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/edge/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee"
}

# "rule"
output "kind" {
  value = provider::eksmig::parse_route_arn(local.rule).kind
}

# "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/edge/50dc6c495c0c9188/f2f7dc8efc522ab2"
output "listener" {
  value = provider::eksmig::parse_route_arn(local.rule).listener_arn
}

# "edge"
output "load_balancer_name" {
  value = provider::eksmig::parse_route_arn(local.rule).load_balancer_name
}
