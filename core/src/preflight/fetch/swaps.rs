//! The APIs between two ports.

use std::collections::BTreeMap;

use super::Eyes;
use crate::apigateway::port_swap::{PortSwap, Refusal, Swap, Undeployed};
use crate::elb::PortPairError;
use crate::preflight::order::SwapOrder;
use crate::preflight::picture::{self, Picture};

/// There are the calls that the plan of a swap makes.
pub(crate) async fn read(eyes: &Eyes, orders: &BTreeMap<String, SwapOrder>) -> Picture {
    let mut picture = Picture::default();
    for (name, order) in orders {
        let api = order.api.to_string();
        let undeployed = undeployed(eyes, order, &mut picture).await;
        picture.swaps.push(picture::Swap { name: name.clone(), api, undeployed });
    }
    picture
}

async fn undeployed(
    eyes: &Eyes,
    order: &SwapOrder,
    picture: &mut Picture,
) -> Option<Result<BTreeMap<String, Vec<String>>, String>> {
    let pair = match eyes.balancers.port_pair(&order.blue, &order.green).await {
        Ok(pair) => pair,
        Err(PortPairError::Unread(error)) => {
            picture.cannot_tell(&order.blue, &error);
            return None;
        }
        Err(error) => return Some(Err(error.to_string())),
    };
    let (api, stages, routes) = (order.api.clone(), order.stages.clone(), order.routes.clone());
    let swap = Swap { api, stages, pair, routes, undeployed: Undeployed::default() };
    match PortSwap::aside(eyes.desk.clone(), swap).undeployed().await {
        Ok(undeployed) => Some(Ok(undeployed)),
        Err(Refusal::Unread(error)) if error.is_not_found() => {
            picture.lacks("API", &order.api);
            None
        }
        Err(Refusal::Unread(error)) => {
            picture.cannot_tell(&order.api, &error);
            None
        }
        Err(refusal) => Some(Err(refusal.to_string())),
    }
}
