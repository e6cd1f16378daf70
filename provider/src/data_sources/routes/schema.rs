//! What may be written in an `eksmig_routes`, and what it finds.

use eksmig_core::elb::{LoadBalancerArn, TargetGroupArn};
use tfplugin::schema::checks;
use tfplugin::{Attribute, Nesting, Schema, Type};

use crate::blocks::arn;

/// The attributes that say what to look at. Exactly one of them is written.
pub const SELECTORS: [&str; 4] =
    ["load_balancer_arns", "load_balancer_names", "load_balancer_tags", "target_group_arns"];

/// The schema.
pub fn schema() -> Schema {
    Schema::new(0)
        .description(
            "Finds the routes of load balancers: every listener's default action and every listener rule, with its \
             conditions, weights and stickiness, and who manages it; and the target groups behind them, each with all the \
             routes that use it. Made for `for_each`: its names are readable and lasting.",
        )
        .attribute(
            set("load_balancer_arns", "The ARNs of the load balancers to look at.")
                .check(checks::each(|reader| arn::check(reader, LoadBalancerArn::parse))),
        )
        .attribute(set("load_balancer_names", "The names of the load balancers to look at."))
        .attribute(Attribute::new("load_balancer_tags", Type::map(Type::String)).optional().description(
            "Look at the load balancers of the account and region that have all of these tags. That there is none is an \
             error: an empty result would plan the end of whatever is made from it.",
        ))
        .attribute(
            set(
                "target_group_arns",
                "The ARNs of the target groups to look for: `routes` has the routes that forward to them, and \
                 `target_groups` has them all, the unused ones too. One that does not exist is an error.",
            )
            .check(checks::each(|reader| arn::check(reader, TargetGroupArn::parse))),
        )
        .attribute(routes())
        .attribute(target_groups())
}

fn set(name: &str, description: &str) -> Attribute {
    Attribute::new(name, Type::set(Type::String)).optional().description(description).check(checks::not_empty())
}

fn routes() -> Attribute {
    let attributes = vec![
        text("arn", "The ARN of the listener or rule."),
        text("kind", "`listener`, for its default action, or `rule`."),
        text("load_balancer_arn", "The load balancer's ARN."),
        text("load_balancer_name", "The load balancer's name."),
        text("load_balancer_type", "`app`, `net` or `gwy`, as in its ARN."),
        number("port", "The listener's port; null for a gateway load balancer."),
        text("protocol", "The listener's protocol, for example `HTTPS`."),
        number("priority", "A rule's priority; null for a listener."),
        conditions("A rule's conditions"),
        text("action", "What it does: `forward`, `redirect`, `fixed-response`."),
        Attribute::nested(
            "target_groups",
            Nesting::Map,
            vec![text("arn", "The target group's ARN."), number("weight", "Its weight, 0 to 999.")],
        )
        .computed()
        .description("The target groups that it forwards to, by name."),
        number(
            "stickiness_seconds",
            "How long it may keep a client on the target group it met first, whatever the weights say; null where it \
             does not.",
        ),
        manager("Who manages it, by its own tags, or else by its listener's, or else by its load balancer's"),
    ];
    Attribute::nested("routes", Nesting::Map, attributes).computed().description(
        "The routes. A listener's name is its load balancer's name and its port, `edge:443`; a rule's has its conditions as \
         well, `edge:443 host=orders.example.com path=/orders/*`. Priorities are not in it, for they change when rules are \
         added. Of rules with the same conditions on one listener, the later ones have a number behind, ` (2)`.",
    )
}

fn target_groups() -> Attribute {
    let used = vec![
        text("arn", "The ARN of the listener or rule."),
        number("weight", "The target group's weight in it."),
        conditions("The rule's conditions"),
    ];
    let attributes = vec![
        text("arn", "Its ARN."),
        text("protocol", "Its protocol, for example `HTTP`; null for Lambda functions."),
        text("protocol_version", "`HTTP1`, `HTTP2` or `GRPC`; null where its protocol has no versions."),
        number("port", "The port of targets that were registered without one; null for Lambda functions."),
        text("target_type", "`instance`, `ip`, `lambda` or `alb`."),
        text("vpc_id", "Its VPC; null for Lambda functions."),
        Attribute::new("tags", Type::map(Type::String)).computed().description("Its tags."),
        Attribute::bool("exists").computed().description(
            "Whether it is there. The source of a twin that serves in its place may be deleted; then its name and ARN are \
             all that is known of it.",
        ),
        Attribute::new("twin_arns", Type::set(Type::String)).computed().description(
            "The ARNs of its twins that routes forward to, at any weight; null with `target_group_arns`, which looks for no \
             twins.",
        ),
        Attribute::new("route_arns", Type::set(Type::String)).computed().description(
            "The ARNs of the routes that forward to it or to a twin of it, at any weight, as `eksmig_weighted_shift` takes \
             them: the same before, during and after a shift.",
        ),
        Attribute::nested("routes", Nesting::Map, used).computed().description(
            "The routes that forward to it itself, by their names, with its weight in each. Empty: nothing points at it any \
             more.",
        ),
        Attribute::new("load_balancer_arns", Type::set(Type::String))
            .computed()
            .description("The load balancers that AWS lists for it."),
        manager("Who manages it, by its own tags"),
        Attribute::bool("serves").computed().description("Whether a route gives it a weight above 0."),
        Attribute::bool("deletable").computed().description(
            "Whether nothing points at it: no route names it, not even at weight 0, and AWS lists no load balancer for it. \
             Also true of one that is deleted. Who registers targets in it is not asked.",
        ),
    ];
    Attribute::nested("target_groups", Nesting::Map, attributes).computed().description(
        "The target groups that the routes forward to, by name, each with every route that was found to use it. A twin, \
         which has the tag `eksmig:twin-of`, is no element: it counts as the other side of its source, which stays an element \
         as long as a route forwards to either. So the keys are the same before, during and after a shift. \
         `target_group_arns` finds each for itself, twins too.",
    )
}

fn manager(who: &str) -> Attribute {
    let attributes = vec![
        text("kind", "`aws-load-balancer-controller`, `eks-auto-mode`, `kubernetes-cloud-provider` or `ecs`."),
        text("cluster", "The name of its cluster; null where the tags do not say."),
        text(
            "stack",
            "What it was made for: the group of Ingresses, or `namespace/name` of the Ingress, Service or Gateway; null \
             where the tags do not say.",
        ),
    ];
    Attribute::object("manager", attributes).computed().description(format!(
        "{who}; null where no tag names anyone. What it manages, it sets back when it next reconciles. CodeDeploy and the \
         deployments of ECS services leave no tag, and are not seen."
    ))
}

fn conditions(whose: &str) -> Attribute {
    Attribute::new("conditions", Type::list(Type::String)).computed().description(format!(
        "{whose} in short, for example `path=/orders/*`: `host`, `path`, `method`, `source`, `query` or `header:NAME`, then \
         `=` and its values, or `~` and its regular expressions. Empty for a listener."
    ))
}

fn text(name: &str, description: &str) -> Attribute {
    Attribute::string(name).computed().description(description)
}

fn number(name: &str, description: &str) -> Attribute {
    Attribute::number(name).computed().description(description)
}
