//! An `eksmig_node_group_migration` as written, and as run.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use eksmig_core::elb::TargetGroupArn;
use eksmig_core::nodes::{Allowed, Batches, Green, LaunchTemplate, Name, Orders, Sizes, Strategy, Twin};
use tfplugin::{Diagnostic, Diagnostics, Field, Reader, Value};

use super::state;
use crate::blocks::gate::{self, Gate};
use crate::blocks::timeouts::{self, Timeouts};
use crate::blocks::{duration, known, take, target_groups};
use crate::notices;
use crate::planned;
use crate::report;

/// How long connections drain where nothing is said. (Elastic Load Balancing API, TargetGroupAttribute:
/// deregistration_delay.timeout_seconds, 300 by default.)
const DRAIN: Duration = Duration::from_secs(300);
/// How long a stage may take where nothing is said.
const STAGE: Duration = Duration::from_secs(3600);

/// What a destroy does while the migration is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnDestroy {
    /// Puts everything back.
    #[default]
    Restore,
    /// Leaves it as it is.
    Keep,
}

/// The configuration as written: each part known, or not yet.
#[derive(Debug, Clone)]
pub struct Written {
    /// Key of the cluster.
    pub cluster: Field<String>,
    /// The cluster's name in EKS.
    pub cluster_name: Field<String>,
    /// The group that is left.
    pub blue: Field<String>,
    green: Field<Green>,
    strategies: Field<Strategies>,
    allowed: Field<Allowed>,
    batches: Field<Batches>,
    target_groups: Field<BTreeSet<TargetGroupArn>>,
    gate: Field<Gate>,
    /// How long connections drain.
    pub drain: Field<Duration>,
    stage_timeout: Field<Duration>,
    /// Whether blue is deleted.
    pub delete_blue: Field<bool>,
    on_destroy: Field<OnDestroy>,
    timeouts: Field<Timeouts>,
}

/// The configuration as run: all of it known.
#[derive(Debug, Clone)]
pub struct Config {
    /// Key of the cluster.
    pub cluster: String,
    /// The cluster's name in EKS.
    pub cluster_name: String,
    /// What is to be done.
    pub orders: Orders,
    /// What must be true before blue leaves the load balancers.
    pub gate: Gate,
    /// What a destroy does.
    pub on_destroy: OnDestroy,
    /// How long things may take.
    pub timeouts: Timeouts,
}

impl planned::Written for Written {
    fn read(value: &Value) -> Result<Self, Diagnostics> {
        read(value)
    }

    fn id(&self) -> Option<String> {
        let (cluster, blue) = self.cluster_name.as_ref().known().zip(self.blue.as_ref().known())?;
        Some(state::id(cluster, blue))
    }

    /// What was begun is put back or left, whether a create or an update began it.
    fn destroying(&self, prior: &Value, _: bool) -> Option<Diagnostic> {
        let restores = self.clone().known().is_some_and(|it| it.on_destroy == OnDestroy::Restore);
        (!state::is_settled(prior)).then(|| report::nodes::destroying(prior, restores))
    }
}

impl Written {
    /// The configuration, if all of it is known.
    pub fn known(self) -> Option<Config> {
        let (strategy, strategies) = self.strategies.known()?;
        let gate = self.gate.known()?;
        let orders = Orders {
            blue: self.blue.known()?,
            green: self.green.known()?,
            strategy,
            strategies,
            allowed: self.allowed.known()?,
            batches: self.batches.known()?,
            backing: gate.backing(&self.target_groups.known()?),
            drain: self.drain.known()?,
            stage_timeout: self.stage_timeout.known()?,
            delete_blue: self.delete_blue.known()?,
        };
        let (cluster, cluster_name) = (self.cluster.known()?, self.cluster_name.known()?);
        let (on_destroy, timeouts) = (self.on_destroy.known()?, self.timeouts.known()?);
        Some(Config { cluster, cluster_name, orders, gate, on_destroy, timeouts })
    }
}

/// Reads a configuration, or the part of a state that was one. What is unknown is left out of the rules.
///
/// # Errors
///
/// Everything that is wrong with it, each at its attribute.
pub fn read(value: &Value) -> Result<Written, Diagnostics> {
    let root = Reader::new(value);
    let mut errors = Diagnostics::default();
    let on_destroy = root
        .attr("on_destroy")
        .string()
        .map(|text| text.map(|text| if text == "keep" { OnDestroy::Keep } else { OnDestroy::Restore }));
    let target_groups = take(&mut errors, target_groups::read(&root.attr("target_group_arns")));
    // Where the targets can be seen, they say when connections have ended.
    let drain = match &target_groups {
        Field::Known(arns) if arns.is_empty() => Field::Known(DRAIN),
        other => other.clone().map(|_| Duration::ZERO),
    };
    let written = Written {
        cluster: take(&mut errors, root.attr("cluster").string()),
        cluster_name: take(&mut errors, root.attr("cluster_name").string()),
        blue: take(&mut errors, root.attr("blue_node_group").string()),
        green: take(&mut errors, green(&root.attr("green"))),
        strategies: take(&mut errors, strategies(&root)),
        allowed: take(&mut errors, allowed(&root)),
        batches: take(&mut errors, batches(&root.attr("batch"))),
        drain: match take(&mut errors, duration::read(&root.attr("load_balancer_drain"))) {
            Field::Null => drain,
            set => set,
        },
        target_groups,
        gate: take(&mut errors, gate::read(&root.attr("gate"))),
        stage_timeout: take(&mut errors, duration::read(&root.attr("stage_timeout"))).known_or(STAGE),
        delete_blue: take(&mut errors, root.attr("delete_blue").bool()).known_or(true),
        on_destroy: take(&mut errors, on_destroy).known_or(OnDestroy::default()),
        timeouts: take(&mut errors, timeouts::read(&root.attr("timeouts"))),
    };
    if let (Field::Known(blue), Field::Known(green)) = (&written.blue, &written.green)
        && blue == green.name()
    {
        let detail = format!("{blue} is blue and green. There is nothing to move.");
        errors.push(root.attr("green").error(notices::ONE_NODE_GROUP_ON_BOTH_SIDES, detail));
    }
    errors.extend(gate::no_error_rate(&root.attr("gate")));
    errors.extend(health_of_nothing(&root));
    if errors.has_errors() { Err(errors) } else { Ok(written) }
}

/// Healthy targets are asked for, and nobody said of what.
fn health_of_nothing(root: &Reader<'_>) -> Option<Diagnostic> {
    let asked = ["min_healthy_targets", "min_healthy_percent"].map(|name| root.attr("gate").attr(name));
    let asked = asked.into_iter().find(|asked| !asked.is_null())?;
    let detail = format!(
        "{} counts green's targets in target groups, and target_group_arns names none. Name those that bring blue its \
         traffic.",
        asked.path()
    );
    root.attr("target_group_arns").is_null().then(|| asked.error(notices::GATE_WITHOUT_A_TARGET_GROUP, detail))
}

fn green(reader: &Reader<'_>) -> Result<Field<Green>, Diagnostic> {
    if reader.is_unknown() {
        return Ok(Field::Unknown);
    }
    let (group, clone) = (reader.attr("node_group"), reader.attr("clone"));
    if group.is_null() == clone.is_null() {
        let detail = format!(
            "{} is either a node group that is there, in node_group, or one that is made, in clone. Set one of the two.",
            reader.path()
        );
        return Err(reader.error(notices::UNCLEAR_SIDE, detail));
    }
    if let Some(name) = known!(group.string()?) {
        return Ok(Field::Known(Green::Adopted(name)));
    }
    let Some(name) = known!(clone.attr("node_group").string()?) else { return Ok(Field::Unknown) };
    let template = clone.attr("launch_template");
    let version = known!(template.attr("version").string()?);
    let launch_template = known!(template.attr("id").string()?).map(|id| LaunchTemplate { id, version });
    let instance_types = match known!(clone.attr("instance_types").elements()?) {
        None => None,
        Some(elements) => {
            let mut types = Vec::new();
            for element in elements {
                types.extend(known!(element.string()?));
            }
            Some(types)
        }
    };
    let scaling = clone.attr("scaling");
    let size = |name: &str| -> Result<Field<u32>, Diagnostic> {
        Ok(scaling.attr(name).integer()?.map(|size| u32::try_from(size).unwrap_or_default()))
    };
    let sizes = match (known!(size("min_size")?), known!(size("max_size")?), known!(size("desired_size")?)) {
        (Some(min), Some(max), Some(desired)) if min > desired || desired > max => {
            let detail = format!("min_size {min}, desired_size {desired} and max_size {max} are not in this order.");
            return Err(scaling.error(notices::SIZES_OUT_OF_ORDER, detail));
        }
        (Some(min), Some(max), Some(desired)) => Some(Sizes { min, max, desired }),
        _ => None,
    };
    Ok(Field::Known(Green::Twin(Twin { name, launch_template, instance_types, sizes })))
}

/// How workloads go: all but those that are named, and those.
type Strategies = (Strategy, BTreeMap<Name, Strategy>);

fn strategies(root: &Reader<'_>) -> Result<Field<Strategies>, Diagnostic> {
    let strategy = |text: Option<String>| text.and_then(|text| Strategy::parse(&text)).unwrap_or_default();
    let general = strategy(known!(root.attr("strategy").string()?));
    let mut single = BTreeMap::new();
    for (key, entry) in known!(root.attr("strategies").entries()?).unwrap_or_default() {
        single.insert(parse(&key, &entry)?, strategy(known!(entry.string()?)));
    }
    Ok(Field::Known((general, single)))
}

fn allowed(root: &Reader<'_>) -> Result<Field<Allowed>, Diagnostic> {
    let names = |attribute: &str| -> Result<Field<BTreeSet<Name>>, Diagnostic> {
        let mut names = BTreeSet::new();
        for element in known!(root.attr(attribute).elements()?).unwrap_or_default() {
            names.extend(known!(name(&element)?));
        }
        Ok(Field::Known(names))
    };
    Ok(Field::Known(Allowed {
        bare_pod_loss: known!(names("allow_bare_pod_loss")?).unwrap_or_default(),
        local_data_loss: known!(names("allow_local_data_loss")?).unwrap_or_default(),
        job_eviction: known!(names("allow_job_eviction")?).unwrap_or_default(),
        disruption: known!(names("allow_disruption")?).unwrap_or_default(),
        unknown_controllers: known!(names("allow_unknown_controllers")?).unwrap_or_default(),
    }))
}

fn batches(reader: &Reader<'_>) -> Result<Field<Batches>, Diagnostic> {
    let usual = Batches::default();
    let count = |name: &str| -> Result<Field<usize>, Diagnostic> {
        Ok(reader.attr(name).integer()?.map(|count| usize::try_from(count).unwrap_or(1)))
    };
    Ok(Field::Known(Batches {
        surge: known!(count("surge")?).unwrap_or(usual.surge),
        evict: known!(count("evict")?).unwrap_or(usual.evict),
    }))
}

/// The name of an object that an attribute holds.
///
/// # Errors
///
/// Where it is none.
pub fn name(reader: &Reader<'_>) -> Result<Field<Name>, Diagnostic> {
    reader.string()?.try_map(|text| parse(&text, reader))
}

/// The name of an object.
///
/// # Errors
///
/// Where it is none, at `reader`.
pub fn parse(text: &str, reader: &Reader<'_>) -> Result<Name, Diagnostic> {
    match text.split_once('/') {
        Some((namespace, name)) if !namespace.is_empty() && !name.is_empty() && !name.contains('/') => {
            Ok(Name::new(namespace, name))
        }
        _ => {
            let detail = format!("{}: {text:?} is not NAMESPACE/NAME, \"shop/cart\" for example.", reader.path());
            Err(reader.error(notices::INVALID_NAME, detail))
        }
    }
}
