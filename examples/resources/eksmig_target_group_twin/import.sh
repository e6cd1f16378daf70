# TWIN_TARGET_GROUP_ARN|SOURCE_TARGET_GROUP_ARN; the source may be left out where the twin's tag names it
terraform import 'eksmig_target_group_twin.green["orders"]' 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/orders-green/09966783158cda59|arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/orders/73e2d6bc24d8a067'
