# ZONE_ID|NAME|TYPE[,TYPE...]|BLUE_SET_IDENTIFIER|GREEN_SET_IDENTIFIER
terraform import 'eksmig_route53_shift.name["orders.example.com"]' 'Z0123456789ABCDEFGHIJ|orders.example.com|A,AAAA|eks-blue|eks-green'
