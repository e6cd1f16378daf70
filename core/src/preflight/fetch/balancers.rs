//! The load balancers in front, and all of their routes.

use std::collections::BTreeSet;

use super::only;
use crate::elb::{ElbReader, LoadBalancerArn, RouteArn};
use crate::preflight::order::Order;
use crate::preflight::picture::{Balancer, Picture};
use crate::survey::{self, Selection, SurveyError};

/// There is one call for every 20 load balancers, and for each what a survey of its routes calls; for one that is no
/// application load balancer one more, for its attributes.
pub(crate) async fn read(reader: &ElbReader, order: &Order, picture: &mut Picture) {
    let sides = picture.pairs.iter().flat_map(|pair| [&pair.blue, &pair.green]);
    let of_sides = sides.flat_map(|side| side.balancers.clone());
    let arns: BTreeSet<LoadBalancerArn> =
        order.routes.iter().map(|route| route.load_balancer_arn()).chain(of_sides).collect();
    let infos = match reader.load_balancers(&arns).await {
        Ok(infos) => Some(infos),
        Err(error) => {
            for arn in &arns {
                picture.cannot_tell(arn, &error);
            }
            None
        }
    };
    for arn in arns {
        let balancer = match infos.as_ref().map(|infos| only(infos.clone(), &arn)) {
            Some(None) => {
                picture.lacks("load balancer", &arn);
                continue;
            }
            info => Balancer { info: info.flatten(), ..one(reader, &arn, picture).await },
        };
        picture.balancers.insert(arn, balancer);
    }
    let missing = |route: &&RouteArn| {
        let balancer = picture.balancers.get(&route.load_balancer_arn());
        let routes = balancer.and_then(|balancer| balancer.routes.as_ref());
        routes.is_some_and(|found| found.routes.values().all(|one| one.arn != **route))
    };
    let missing: Vec<_> = order.routes.iter().filter(missing).cloned().collect();
    for route in missing {
        picture.lacks("listener or rule", route);
    }
}

/// What is asked of each load balancer by itself.
async fn one(reader: &ElbReader, arn: &LoadBalancerArn, picture: &mut Picture) -> Balancer {
    let routes = match survey::routes(reader, &Selection::LoadBalancers([arn.clone()].into())).await {
        Err(SurveyError::NoLoadBalancer(_)) => {
            picture.lacks("load balancer", arn);
            None
        }
        read => picture.told(arn, read),
    };
    let crosses_zones = reader.crosses_zones(arn).await;
    let crosses_zones = picture.told(arn, crosses_zones);
    Balancer { info: None, crosses_zones, routes }
}
