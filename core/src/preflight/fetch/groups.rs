//! The target groups of the pairs, and their targets.

use std::collections::{BTreeMap, BTreeSet};

use crate::elb::read::WholeGroup;
use crate::elb::{ElbReader, Fare, LoadBalancerArn, TargetGroupArn, TargetHealth};
use crate::preflight::order::PairOrder;
use crate::preflight::picture::{Pair, Picture, Side};

/// There is one call for every 20 target groups, one for the tags of as many, and two for each: its attributes and its
/// targets.
pub(crate) async fn read(reader: &ElbReader, pairs: &BTreeMap<String, PairOrder>, picture: &mut Picture) {
    let arns: BTreeSet<TargetGroupArn> = pairs.values().flat_map(|pair| [&pair.blue, &pair.green]).cloned().collect();
    let mut sides: BTreeMap<TargetGroupArn, Side> = BTreeMap::new();
    let groups = match reader.whole_groups(&arns).await {
        Ok(groups) => groups,
        Err(error) => {
            for arn in &arns {
                picture.cannot_tell(arn, &error);
            }
            BTreeMap::new()
        }
    };
    let known = |arn: &TargetGroupArn| groups.get(arn).cloned();
    for arn in &arns {
        let group = known(arn);
        // Its targets tell whether it exists where nothing else did.
        let is_absent = matches!(group, Some(None));
        let health = if is_absent { None } else { health(reader, arn, picture).await };
        if is_absent {
            picture.lacks("target group", arn);
        }
        let group = group.flatten();
        let balancers = balancers(arn, group.as_ref(), picture);
        let side = Side { arn: arn.clone(), group: group.map(Into::into), health, balancers };
        sides.insert(arn.clone(), side);
    }
    let pair = |(name, order): (&String, &PairOrder)| {
        let (blue, green) = (sides.get(&order.blue)?.clone(), sides.get(&order.green)?.clone());
        Some(Pair { name: name.clone(), blue, green })
    };
    picture.pairs = pairs.iter().filter_map(pair).collect();
}

async fn health(reader: &ElbReader, arn: &TargetGroupArn, picture: &mut Picture) -> Option<TargetHealth> {
    match reader.target_health(arn, Fare::InLine).await {
        Err(error) if error.is_not_found() => {
            picture.lacks("target group", arn);
            None
        }
        read => picture.told(arn, read),
    }
}

fn balancers(arn: &TargetGroupArn, group: Option<&WholeGroup>, picture: &mut Picture) -> BTreeSet<LoadBalancerArn> {
    let listed = group.and_then(|group| group.described.load_balancer_arns.clone()).unwrap_or_default();
    listed.iter().filter_map(|text| picture.told(arn, LoadBalancerArn::parse(text))).collect()
}
