# TWIN_LISTENER_ARN|SOURCE_LISTENER_ARN; the source may be left out where the twin's tag names it
terraform import 'eksmig_nlb_listener_twin.green["orders"]' 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/net/edge/50dc6c495c0c9188/9683b2d02a6cabee|arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/net/edge/50dc6c495c0c9188/f2f7dc8efc522ab2'
