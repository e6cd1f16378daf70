# ZONE_ID|NAME|BLUE|GREEN, each side as CLUSTER/KIND/NAMESPACE/NAME/SET_IDENTIFIER
terraform import 'eksmig_external_dns_shift.service["orders"]' 'Z0123456789ABCDEFGHIJ|orders.example.com|blue/Ingress/shop/orders/shop-1|green/Ingress/shop/orders/shop-2'
