//! What may be written in an `eksmig_workloads`, and what it finds.

use tfplugin::schema::checks;
use tfplugin::{Attribute, Nesting, Schema, Type};

/// The schema.
pub fn schema() -> Schema {
    Schema::new(0)
        .description(
            "Finds how each service of a cluster is reached from outside, and which resource moves it to another: by a \
             port of the nodes in a target group, as pods behind a network or an application load balancer, or through an \
             ingress controller. Says what that rests on, who owns what has to be turned, and what stands in the way. With \
             two clusters, their services are paired by namespace and name.",
        )
        .attribute(cluster("blue", "that serves now").required())
        .attribute(cluster("green", "that is to take over. Without it, blue is looked at alone").optional())
        .attribute(
            Attribute::new("namespaces", Type::set(Type::String))
                .optional()
                .check(checks::not_empty())
                .description("The namespaces to show. Default: all whose names do not begin with `kube-`."),
        )
        .attribute(workloads())
}

fn cluster(name: &str, which: &str) -> Attribute {
    let description = format!("The key in the provider's `kubernetes.clusters` of the cluster {which}.");
    Attribute::string(name).description(description).check(checks::not_empty())
}

fn workloads() -> Attribute {
    let attributes = vec![
        text("namespace", "The service's namespace."),
        text("name", "The service's name."),
        set(
            "kinds",
            "How it is reached: `node_port`, `pods_behind_nlb`, `pods_behind_alb`, `ingress_controller`, `internal` or \
             `unknown`. Blue's, or where there is only green, green's.",
        ),
        set("moved_by", "The types of the resources that move it from blue; empty where nothing can, or need be."),
        list("blockers", "What stands in the way of moving it: those of each side, and what does not fit together."),
        side("blue"),
        side("green"),
    ];
    Attribute::nested("workloads", Nesting::Map, attributes).computed().description(
        "Every service, by `namespace/name`; those that lead out of the cluster (`ExternalName`) left out.",
    )
}

fn side(side: &str) -> Attribute {
    let attributes = vec![
        text("kind", "As in `kinds`."),
        text("moved_by", "The type of the resource that moves traffic on it; null where nothing can, or need be."),
        text(
            "owner",
            "Who owns what has to be turned, and may turn it back: `aws-load-balancer-controller`, `eks-auto-mode`, \
             `kubernetes-cloud-provider`, `ecs`, `external-dns`, `argo-cd` or `terraform`; null where nobody is known to. \
             Terraform is known only by a tag that says so.",
        ),
        Attribute::bool("idle")
            .computed()
            .description("Whether nothing sends anything on it now, as is right for green before it is moved to."),
        set("target_group_arns", "The target groups on it."),
        set("load_balancer_arns", "The load balancers on it."),
        set("apis", "What of API Gateway leads to its load balancer: VPC links of REST APIs, and HTTP APIs."),
        set("hosts", "The host names that lead to it, as far as the cluster says."),
        Attribute::new("node_ports", Type::set(Type::Number)).computed().description("The ports of the nodes on it."),
        list("evidence", "What it was told by."),
        list("blockers", "What stands in the way of moving traffic on it."),
    ];
    Attribute::nested(side, Nesting::List, attributes)
        .computed()
        .description(format!("Every way on which it is reached in {side}; null where {side} has no such service."))
}

fn text(name: &str, description: &str) -> Attribute {
    Attribute::string(name).computed().description(description)
}

fn set(name: &str, description: &str) -> Attribute {
    Attribute::new(name, Type::set(Type::String)).computed().description(description)
}

fn list(name: &str, description: &str) -> Attribute {
    Attribute::new(name, Type::list(Type::String)).computed().description(description)
}
