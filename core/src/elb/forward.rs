//! Editing the forward action of a route: two weights and nothing else. Pure.

use std::time::Duration;

use aws_sdk_elasticloadbalancingv2::types::{Action, ActionTypeEnum, ForwardActionConfig, TargetGroupTuple};

use crate::elb::arn::TargetGroupArn;
use crate::engine::shift::Idle;
use crate::share::{Share, SplitError, Weights};

/// The greatest weight of a target group (API reference of Elastic Load Balancing, `TargetGroupTuple`).
pub(crate) const WEIGHT_LIMIT: u32 = 999;
/// How many target groups one forward action takes (quota of Application Load Balancers, not adjustable).
pub(crate) const TARGET_GROUPS_PER_ACTION: usize = 5;

/// The two target groups that share traffic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The side that serves before the migration.
    pub blue: TargetGroupArn,
    /// The side that takes over.
    pub green: TargetGroupArn,
}

/// A route's actions cannot be read, or not be edited as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ForwardError {
    /// The route does not forward.
    #[error("its routing action is {0}, not forward, so it has no weights")]
    NotForward(String),
    /// An action is of a kind that this version does not know, and would be lost in a write.
    #[error("it has an action of type {0}, which this version of eksmig does not know and would lose when writing")]
    UnknownAction(String),
    /// Neither blue nor green is in the action.
    #[error("it forwards to neither blue nor green, but to {0}")]
    NeitherSide(String),
    /// A target group is in the action with a weight that is no weight.
    #[error("target group {target_group} has weight {weight}, which is not one")]
    BadWeight {
        /// The target group.
        target_group: String,
        /// Its weight as AWS gave it.
        weight: i32,
    },
    /// The action would have more target groups than AWS allows.
    #[error("it forwards to {present} target groups already, and an action takes {TARGET_GROUPS_PER_ACTION}")]
    Full {
        /// How many there are.
        present: usize,
    },
    /// The share cannot be had.
    #[error(transparent)]
    Split(#[from] SplitError),
}

/// The weights that a route's actions give to the pair.
///
/// # Errors
///
/// [`ForwardError`], where the route does not forward to the pair.
pub(crate) fn weights(actions: &[Action], pair: &Pair) -> Result<Weights, ForwardError> {
    let tuples = tuples(forward(actions)?);
    let mut weights = Weights::default();
    for tuple in &tuples {
        let arn = tuple.target_group_arn().unwrap_or_default();
        let given = tuple.weight().unwrap_or(1);
        let weight = u32::try_from(given)
            .map_err(|_| ForwardError::BadWeight { target_group: arn.to_owned(), weight: given })?;
        if arn == pair.blue.as_str() {
            weights.blue = Some(weight);
        } else if arn == pair.green.as_str() {
            weights.green = Some(weight);
        } else {
            weights.strangers.push(weight);
        }
    }
    if weights.blue.is_none() && weights.green.is_none() {
        let names: Vec<&str> = tuples.iter().filter_map(|tuple| tuple.target_group_arn()).collect();
        return Err(ForwardError::NeitherSide(names.join(", ")));
    }
    Ok(weights)
}

/// The weights that a route with these weights gets for a share.
///
/// Both sides are referenced, for a target group outside every route reports no health; unless the idle one is to be
/// dropped.
///
/// # Errors
///
/// [`ForwardError`], where the share cannot be expressed, or there is no room for the side that is missing.
pub(crate) fn wanted(weights: &Weights, share: Share, idle: Idle) -> Result<Weights, ForwardError> {
    let drops = idle == Idle::Drop && !share.is_split();
    let missing = usize::from(weights.blue.is_none()) + usize::from(weights.green.is_none());
    let present = weights.strangers.len() + 2 - missing;
    if !drops && present + missing > TARGET_GROUPS_PER_ACTION {
        return Err(ForwardError::Full { present });
    }
    let mut wanted = weights.wanted(share, WEIGHT_LIMIT)?;
    if drops {
        let side = if share == Share::BLUE { &mut wanted.green } else { &mut wanted.blue };
        *side = None;
    }
    Ok(wanted)
}

/// The actions with the weights written in. Everything else in them is as it was.
///
/// All actions of the route are returned, since AWS replaces the whole list (API reference, `ModifyRule`).
///
/// # Errors
///
/// [`ForwardError`], where the route does not forward, or an action is unknown.
pub(crate) fn edit(actions: &[Action], pair: &Pair, wanted: &Weights) -> Result<Vec<Action>, ForwardError> {
    let mut left = tuples(forward(actions)?);
    let mut strangers = wanted.strangers.iter();
    let mut edited: Vec<TargetGroupTuple> = Vec::with_capacity(left.len() + 1);
    for tuple in left.drain(..) {
        let arn = tuple.target_group_arn().unwrap_or_default();
        let weight = if arn == pair.blue.as_str() {
            wanted.blue
        } else if arn == pair.green.as_str() {
            wanted.green
        } else {
            strangers.next().copied()
        };
        edited.extend(weight.map(|weight| weigh(tuple, weight)));
    }
    for (arn, weight) in [(&pair.blue, wanted.blue), (&pair.green, wanted.green)] {
        let present = edited.iter().any(|tuple| tuple.target_group_arn() == Some(arn.as_str()));
        if let (false, Some(weight)) = (present, weight) {
            edited.push(weigh(TargetGroupTuple::builder().target_group_arn(arn.as_str()).build(), weight));
        }
    }
    Ok(actions.iter().map(|action| rewrite(action, &edited)).collect())
}

/// How long a client may be kept on the target group it met first; none where it is not kept.
pub(crate) fn stickiness(actions: &[Action]) -> Option<Duration> {
    stickiness_of(forward(actions).ok()?)
}

/// How long a forward action may keep a client on the target group it met first; none where it does not.
pub(crate) fn stickiness_of(forward: &Action) -> Option<Duration> {
    let config = forward.forward_config()?.target_group_stickiness_config()?;
    let seconds = u64::try_from(config.duration_seconds().unwrap_or(0)).unwrap_or(0);
    config.enabled().unwrap_or(false).then_some(Duration::from_secs(seconds))
}

fn forward(actions: &[Action]) -> Result<&Action, ForwardError> {
    let known = [
        ActionTypeEnum::AuthenticateCognito,
        ActionTypeEnum::AuthenticateOidc,
        ActionTypeEnum::FixedResponse,
        ActionTypeEnum::Forward,
        ActionTypeEnum::JwtValidation,
        ActionTypeEnum::Redirect,
    ];
    let name = |action: &Action| action.r#type().map_or("missing", |kind| kind.as_str()).to_owned();
    if let Some(unknown) = actions.iter().find(|action| !action.r#type().is_some_and(|kind| known.contains(kind))) {
        return Err(ForwardError::UnknownAction(name(unknown)));
    }
    actions
        .iter()
        .find(|action| action.r#type() == Some(&ActionTypeEnum::Forward))
        .ok_or_else(|| ForwardError::NotForward(actions.last().map_or("missing".to_owned(), name)))
}

/// The ARNs of the target groups that the actions forward a share above zero to.
///
/// # Errors
///
/// [`ForwardError`], where the actions do not forward, or have one of a kind that this program does not know.
pub(super) fn serving(actions: &[Action]) -> Result<Vec<String>, ForwardError> {
    let tuples = tuples(forward(actions)?).into_iter().filter(|tuple| tuple.weight() != Some(0));
    Ok(tuples.filter_map(|tuple| tuple.target_group_arn).collect())
}

/// The target groups of a forward action, whichever of its two forms it has. Where there is no weight, it is 1.
pub(crate) fn tuples(forward: &Action) -> Vec<TargetGroupTuple> {
    let listed = forward.forward_config().map(ForwardActionConfig::target_groups).unwrap_or_default();
    match (listed, forward.target_group_arn()) {
        ([], Some(arn)) => vec![TargetGroupTuple::builder().target_group_arn(arn).build()],
        (listed, _) => listed.to_vec(),
    }
}

fn weigh(mut tuple: TargetGroupTuple, weight: u32) -> TargetGroupTuple {
    tuple.weight = i32::try_from(weight).ok();
    tuple
}

fn rewrite(action: &Action, target_groups: &[TargetGroupTuple]) -> Action {
    let mut action = action.clone();
    match action.r#type() {
        Some(ActionTypeEnum::Forward) => {
            let mut config = action.forward_config.take().unwrap_or_else(|| ForwardActionConfig::builder().build());
            config.target_groups = Some(target_groups.to_vec());
            action.forward_config = Some(config);
            // AWS answers with both forms, and refuses both for more than one target group.
            action.target_group_arn = None;
        }
        Some(ActionTypeEnum::AuthenticateOidc) => {
            // The secret is never returned; this keeps the one that is there.
            if let Some(oidc) = action.authenticate_oidc_config.as_mut() {
                oidc.client_secret = None;
                oidc.use_existing_client_secret = Some(true);
            }
        }
        _ => {}
    }
    action
}

#[cfg(test)]
mod tests;
