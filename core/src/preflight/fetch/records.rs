//! The records, and the load balancers that they are aliases of.

use std::collections::BTreeMap;

use super::Eyes;
use crate::engine::gate::Side;
use crate::preflight::picture::{Alias, Picture, Records};
use crate::route53::external_dns;
use crate::route53::record_shift;

/// There is a listing of each zone; and where a record is an alias with `evaluate_target_health`, what tells the health
/// behind it.
pub async fn read(eyes: &Eyes, orders: &BTreeMap<String, record_shift::Records>) -> Picture {
    let mut picture = Picture::default();
    for order in orders.values() {
        let zone = match eyes.records.zone(&order.zone_id).await {
            Err(error) if error.code() == Some("NoSuchHostedZone") => {
                picture.lacks("hosted zone", &order.zone_id);
                continue;
            }
            read => match picture.told(&order.zone_id, read) {
                Some(zone) => zone,
                None => continue,
            },
        };
        let read = zone.named(&order.name);
        let mut aliases = Vec::new();
        for side in [Side::Blue, Side::Green] {
            for pointer in order.pointers(side, &read) {
                aliases.extend(alias(eyes, side, &pointer, &mut picture).await);
            }
        }
        let owner = external_dns::owner(&zone.records, &order.name, &order.pair);
        let (sights, dns_name) = (order.sights(&read), order.name.to_string());
        picture.records.push(Records { dns_name, sights, owner, aliases });
    }
    picture
}

/// The load balancer that an alias evaluates; none where it evaluates nothing, or nothing of this account and region.
async fn alias(eyes: &Eyes, side: Side, pointer: &record_shift::Pointer, picture: &mut Picture) -> Option<Alias> {
    let dns_name = pointer.alias.as_ref().filter(|_| pointer.evaluates)?;
    let named = eyes.balancers.load_balancer_named(dns_name).await;
    let balancer = picture.told(dns_name, named)??;
    let behind = eyes.balancers.health_behind(&balancer).await;
    let behind = picture.told(&balancer, behind);
    Some(Alias { side, kind: pointer.kind, balancer, evaluates: pointer.evaluates, behind })
}
