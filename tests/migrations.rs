//! The stories in `examples/migrations/`, applied pull request by pull request.

#[path = "migrations/alb_pod_ip.rs"]
mod alb_pod_ip;
#[path = "migrations/external_dns.rs"]
mod external_dns;
#[path = "migrations/nlb_api_gateway.rs"]
mod nlb_api_gateway;
#[path = "migrations/node_group.rs"]
mod node_group;
#[path = "migrations/nodeport.rs"]
mod nodeport;
#[path = "migrations/route53_ingress.rs"]
mod route53_ingress;
#[path = "migrations/swarm_to_eks.rs"]
mod swarm_to_eks;
