# TARGET_GROUP_ARN[,TARGET_GROUP_ARN...]|BLUE|GREEN, where a side is asg:NAME[,NAME...] or targets:ID:PORT[,ID:PORT...]
terraform import eksmig_target_cutover.nodes 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/orders/73e2d6bc24d8a067|asg:swarm-workers|asg:eks-workers-a,eks-workers-b'
