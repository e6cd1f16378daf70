//! What may be written in an `eksmig_node_group_migration`.

use std::time::Duration;

use tfplugin::schema::checks;
use tfplugin::{Attribute, Diagnostic, Field, Nesting, Reader, Schema, Type};

use crate::blocks::{duration, gate, moved, target_groups, timeouts};
use crate::notices;

/// The version of the state's shape.
pub const VERSION: u64 = 0;

/// The schema.
pub fn schema() -> Schema {
    let schema = Schema::new(VERSION)
        .description(
            "Moves what runs in a cluster from one managed node group, blue, to another, green, and deletes blue once it is \
             empty. Deployments get as many ready pods on green before blue's go; the rest is evicted pod by pod, within \
             its disruption budgets. Each change is noted on the object that it is made to, so that a run that was stopped \
             or killed is gone on with by the next apply, and a destroy puts back what was changed until blue is deleted.",
        )
        .attribute(
            text("cluster").required().description("Key of the cluster in `kubernetes.clusters` of the provider's block."),
        )
        .attribute(text("cluster_name").required().description("Name of the cluster in EKS, which its node groups are of."))
        .attribute(text("blue_node_group").required().description(
            "Name of the managed node group that is left. Changing it, the cluster or green replaces the resource.",
        ))
        .attribute(green())
        .attribute(
            Attribute::string("strategy")
                .optional()
                .description(
                    "How deployments move: `\"surge\"` (the default) has as many pods again ready on green before blue's go, \
                     `\"evict\"` evicts them one by one. Deployments that recreate their pods, mount volumes of one node or \
                     are scaled by KEDA are evicted in any case, as are stateful sets.",
                )
                .check(checks::one_of(&["surge", "evict"])),
        )
        .attribute(
            Attribute::new("strategies", Type::map(Type::String))
                .optional()
                .description("Strategies of single deployments, by `NAMESPACE/NAME`.")
                .check(strategies),
        );
    let allowed = [
        ("allow_bare_pod_loss", "Pods that no controller makes again, and that may go."),
        ("allow_local_data_loss", "Pods whose data on their node, in `hostPath` and local volumes, may be lost."),
        ("allow_job_eviction", "Jobs whose pods may be evicted, and begin again. Others are waited for."),
        ("allow_disruption", "Pods that ask by annotation not to be disrupted, and may be."),
        (
            "allow_unknown_controllers",
            "Pods of controllers that are not of Kubernetes's own kinds, and may be evicted.",
        ),
    ];
    let schema = allowed.into_iter().fold(schema, |schema, (name, description)| {
        let list = Attribute::new(name, Type::set(Type::String)).optional();
        let each =
            format!("{description} Each as `NAMESPACE/NAME`; without it, the plan is refused where there is one.");
        let jobs = format!("{description} Each as `NAMESPACE/NAME`.");
        let description = if name == "allow_job_eviction" { jobs } else { each };
        schema.attribute(list.description(description).check(checks::each(named)))
    });
    let count = |name: &str, description: &str| {
        let number = Attribute::number(name).optional().description(description);
        number.check(checks::whole()).check(checks::between(1_i64, 100_i64))
    };
    schema
        .attribute(
            Attribute::object(
                "batch",
                vec![
                    count("surge", "Deployments that are surged, or scaled back, at a time. Default 5."),
                    count("evict", "Pods that are evicted at a time, never two of one workload. Default 5."),
                ],
            )
            .optional()
            .description("How much is done at once."),
        )
        .attribute(target_groups::attribute().optional().description(
            "The target groups that bring blue its traffic, with nodes or pods for targets. Before blue's nodes leave them, \
             green has to be healthy in each, as `gate` says; from then on blue's nodes are waited for until none is a \
             target any more. Without it, neither is asked.",
        ))
        .attribute(gate::attribute().description(
            "What must be true before blue's nodes leave the load balancers. `min_healthy_targets` (1 by default) and \
             `min_healthy_percent` (0 by default) count the targets that are nodes of green or pods on them, in each of \
             `target_group_arns`, and are waited for up to `timeout`. `error_rate` is refused here.",
        ))
        .attribute(duration::attribute("load_balancer_drain", Duration::ZERO).optional().description(
            "How long blue's nodes go on serving once they are out of the load balancers, at least: no less than the longest \
             deregistration delay of target groups that `target_group_arns` does not name. Default `\"0s\"` with \
             `target_group_arns`, `\"5m\"` without.",
        ))
        .attribute(duration::attribute("stage_timeout", Duration::from_secs(1)).optional().description(
            "How long one stage may take. Then the migration is held, and says what it waited for. Default `\"1h\"`.",
        ))
        .attribute(Attribute::bool("delete_blue").optional().description(
            "Delete blue once it is empty. Default `true`. With `false` it stays, tainted and empty.",
        ))
        .attribute(
            Attribute::string("on_destroy")
                .optional()
                .description(
                    "What a destroy does while the migration is under way: `\"restore\"` (the default) puts everything back \
                     as it was, `\"keep\"` leaves it as it is. Pods that run on green stay there, and so does green. Once \
                     blue is being deleted there is no way back, and a destroy is refused until an apply has finished.",
                )
                .check(checks::one_of(&["restore", "keep"])),
        )
        .attribute(Attribute::string("id").computed().description("The cluster's name and blue's, with a slash between."))
        .attribute(
            Attribute::new("stages", Type::list(Type::String))
                .computed()
                .description("The stages that the migration goes through, in order. Those that are done are passed by."),
        )
        .attribute(Attribute::string("stage").computed().description(
            "The first stage that is not done; null where all are.",
        ))
        .attribute(verdicts())
        .attribute(Attribute::string("minimum_duration").computed().description(
            "The least time that the migration takes: that for which connections drain. Pods becoming ready come on top.",
        ))
        .attribute(moved::status(false))
        .block(timeouts::block())
}

fn text(name: &str) -> Attribute {
    Attribute::string(name).check(checks::not_empty())
}

fn green() -> Attribute {
    let size = |name: &str, description: &str| {
        let number = Attribute::number(name).required().description(description);
        number.check(checks::whole()).check(checks::between(0_i64, 100_000_i64))
    };
    let clone = Attribute::object(
        "clone",
        vec![
            text("node_group").required().description("Its name."),
            Attribute::new("instance_types", Type::list(Type::String))
                .optional()
                .description("Its instance types. Default: blue's.")
                .check(checks::not_empty()),
            Attribute::object(
                "launch_template",
                vec![
                    text("id").required().description("The launch template's id."),
                    text("version").optional().description("Its version. Default: the template's default version."),
                ],
            )
            .optional()
            .description("Its launch template. Default: blue's."),
            Attribute::object(
                "scaling",
                vec![
                    size("min_size", "The fewest nodes."),
                    size("max_size", "The most nodes."),
                    size("desired_size", "How many nodes it begins with."),
                ],
            )
            .optional()
            .description("Its size. Default: what blue's was."),
        ],
    )
    .optional()
    .description(
        "A node group that is made like blue, and where it differs. Its Kubernetes version is the cluster's, whichever \
         blue's is, for EKS makes none of an older one. It is never deleted by this resource.",
    );
    let adopted = text("node_group").optional().description("Name of a node group that is there.");
    Attribute::object("green", vec![adopted, clone])
        .required()
        .description("The managed node group that takes over. Either `node_group` or `clone`.")
}

fn verdicts() -> Attribute {
    let text = |name: &str, description: &str| Attribute::string(name).computed().description(description);
    Attribute::nested(
        "verdicts",
        Nesting::List,
        vec![
            text("pod", "The pod, `NAMESPACE/NAME`."),
            text("node", "The node that it is on."),
            text("verdict", "`surge`, `evict`, `await`, `refuse`, `stay` or `ignore`."),
            text("why", "Why."),
            Attribute::new("warnings", Type::list(Type::String))
                .computed()
                .description("What is worth knowing before."),
        ],
    )
    .computed()
    .description("What becomes of each pod on blue, as seen last. The plan of a create shows it in its warnings.")
}

fn named(reader: &Reader<'_>) -> Result<(), Diagnostic> {
    super::config::name(reader).map(drop)
}

fn strategies(reader: &Reader<'_>) -> Result<(), Diagnostic> {
    for (key, entry) in reader.entries()?.known().unwrap_or_default() {
        super::config::parse(&key, &entry)?;
        if let Field::Known(text) = entry.string()?
            && eksmig_core::nodes::Strategy::parse(&text).is_none()
        {
            let detail = format!("{} is {text:?}. A strategy is \"surge\" or \"evict\".", entry.path());
            return Err(entry.error(notices::UNKNOWN_STRATEGY, detail));
        }
    }
    Ok(())
}
