//! The reads of a survey.

use std::collections::{BTreeMap, BTreeSet};

use super::judge::{judge, named_by, senseless};
use super::twins::source_of;
use super::{Routes, Selection, SurveyError, Tags};
use crate::elb::{
    ElbReader, Fare, LoadBalancerArn, LoadBalancerKind, Route, RouteArn, TargetGroupArn, TargetGroupInfo, TargetHealth,
};

/// What the reads found.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    /// Every listener and rule, the listeners' default rules left out: they are the listeners' default actions.
    pub routes: BTreeMap<RouteArn, Route>,
    /// The target groups that were asked for, or else all that the routes forward to.
    pub target_groups: BTreeMap<TargetGroupArn, TargetGroupInfo>,
    /// The sources of twins that do not exist any more.
    pub gone: BTreeSet<TargetGroupArn>,
    /// The tags of all of these and of the load balancers, by ARN.
    pub tags: BTreeMap<String, Tags>,
}

/// Every route of a selection, up to 15 seconds old. There is one call per load balancer for its listeners, one per
/// listener of an application load balancer for its rules, one for every 20 target groups, and one for the tags of every
/// 20 objects; where twins are the last that routes name, as many again for their sources; by names or tags, one more for every 400 load balancers of the account (and for tags, theirs).
///
/// # Errors
///
/// [`SurveyError`]: something asked for does not exist, or AWS could not be asked.
pub async fn routes(reader: &ElbReader, selection: &Selection) -> Result<Routes, SurveyError> {
    let (balancers, wanted) = match selection {
        Selection::LoadBalancers(arns) => (arns.clone(), None),
        Selection::Names(names) => (named(reader, names).await?, None),
        Selection::Tagged(tags) => (tagged(reader, tags).await?, None),
        Selection::TargetGroups(arns) => {
            let groups = target_groups(reader, arns).await?;
            (users(&groups)?, Some(groups))
        }
    };
    let routes = routes_of(reader, &balancers).await?;
    let groups = match &wanted {
        Some(groups) => groups.clone(),
        None => target_groups(reader, &named_by(routes.values())?).await?,
    };
    let arns = balancers.iter().map(ToString::to_string);
    let arns = arns.chain(routes.keys().map(ToString::to_string)).chain(groups.keys().map(ToString::to_string));
    let tags = reader.tags(&arns.collect()).await?;
    let mut found = Found { routes, target_groups: groups, gone: BTreeSet::new(), tags };
    if wanted.is_none() {
        look_for_sources(reader, &mut found).await?;
    }
    judge(&found, wanted.is_some())
}

/// Adds the sources of the twins that were found, and theirs, as far as it goes. Routes may name none of them any more.
async fn look_for_sources(reader: &ElbReader, found: &mut Found) -> Result<(), SurveyError> {
    loop {
        let mut sources = BTreeSet::new();
        for arn in found.target_groups.keys() {
            sources.extend(source_of(arn, &found.tags)?);
        }
        sources.retain(|source| !found.target_groups.contains_key(source) && !found.gone.contains(source));
        if sources.is_empty() {
            return Ok(());
        }
        let mut there = BTreeSet::new();
        for (arn, info) in reader.target_groups(&sources).await? {
            match info {
                Some(info) => {
                    there.insert(arn.to_string());
                    found.target_groups.insert(arn, info);
                }
                None => drop(found.gone.insert(arn)),
            }
        }
        found.tags.extend(reader.tags(&there).await?);
    }
}

/// How the targets of these target groups are, now. There is one call for each.
///
/// # Errors
///
/// [`SurveyError`]: one does not exist, or AWS could not be asked.
pub async fn health(
    reader: &ElbReader,
    arns: &BTreeSet<TargetGroupArn>,
) -> Result<BTreeMap<TargetGroupArn, TargetHealth>, SurveyError> {
    let mut found = BTreeMap::new();
    for arn in arns {
        let health = reader.target_health(arn, Fare::InLine).await.map_err(|error| match error.is_not_found() {
            true => SurveyError::NoTargetGroup(arn.clone()),
            false => SurveyError::Unread(error),
        })?;
        found.insert(arn.clone(), health);
    }
    Ok(found)
}

async fn named(reader: &ElbReader, names: &BTreeSet<String>) -> Result<BTreeSet<LoadBalancerArn>, SurveyError> {
    let all = reader.all_load_balancers().await?;
    let arn = |name: &String| {
        let found = all.values().find(|info| info.name == *name).map(|info| info.arn.clone());
        found.ok_or_else(|| SurveyError::NoLoadBalancer(name.clone()))
    };
    names.iter().map(arn).collect()
}

async fn tagged(reader: &ElbReader, wanted: &Tags) -> Result<BTreeSet<LoadBalancerArn>, SurveyError> {
    let all = reader.all_load_balancers().await?;
    let tags = reader.tags(&all.keys().map(ToString::to_string).collect()).await?;
    let has_all = |arn: &&LoadBalancerArn| {
        let tags = tags.get(arn.as_str());
        tags.is_some_and(|tags| wanted.iter().all(|(key, value)| tags.get(key) == Some(value)))
    };
    let found: BTreeSet<LoadBalancerArn> = all.keys().filter(has_all).cloned().collect();
    if found.is_empty() {
        let tags: Vec<String> = wanted.iter().map(|(key, value)| format!("{key}={value}")).collect();
        return Err(SurveyError::NothingTagged(tags.join(", ")));
    }
    Ok(found)
}

/// The load balancers that send to these target groups.
fn users(groups: &BTreeMap<TargetGroupArn, TargetGroupInfo>) -> Result<BTreeSet<LoadBalancerArn>, SurveyError> {
    let arns = groups.values().flat_map(|group| &group.load_balancer_arns);
    arns.map(|arn| LoadBalancerArn::parse(arn).map_err(|error| senseless(arn, error))).collect()
}

async fn target_groups(
    reader: &ElbReader,
    arns: &BTreeSet<TargetGroupArn>,
) -> Result<BTreeMap<TargetGroupArn, TargetGroupInfo>, SurveyError> {
    let found = reader.target_groups(arns).await?;
    let there = |(arn, info): (TargetGroupArn, Option<TargetGroupInfo>)| match info {
        Some(info) => Ok((arn, info)),
        None => Err(SurveyError::NoTargetGroup(arn)),
    };
    found.into_iter().map(there).collect()
}

async fn routes_of(
    reader: &ElbReader,
    balancers: &BTreeSet<LoadBalancerArn>,
) -> Result<BTreeMap<RouteArn, Route>, SurveyError> {
    let mut routes = BTreeMap::new();
    for balancer in balancers {
        let listeners = reader.listeners(balancer).await?;
        let listeners = listeners.ok_or_else(|| SurveyError::NoLoadBalancer(balancer.to_string()))?;
        for (arn, listener) in listeners.iter() {
            routes.insert(RouteArn::Listener(arn.clone()), listener.clone());
            // Listeners of other load balancers have no rule but the default one.
            if balancer.kind() != LoadBalancerKind::Application {
                continue;
            }
            // A listener that is gone by now has no rules, and its own route leads nowhere any more either.
            let Some(rules) = reader.rules(arn).await? else {
                routes.remove(&RouteArn::Listener(arn.clone()));
                continue;
            };
            let rules = rules.iter().filter(|(_, rule)| !rule.is_default);
            routes.extend(rules.map(|(arn, rule)| (RouteArn::Rule(arn.clone()), rule.clone())));
        }
    }
    Ok(routes)
}

#[cfg(test)]
mod tests;
