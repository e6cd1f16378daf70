//! The records, and the load balancers that they are aliases of.

use std::collections::BTreeMap;

use aws_sdk_route53::types::ResourceRecordSet;

use super::Eyes;
use crate::engine::gate::Side;
use crate::preflight::picture::{Alias, Picture, Records};
use crate::route53::external_dns;
use crate::route53::record_shift;

/// There is a listing of each zone; and where a record is an alias with `evaluate_target_health`, what tells the health
/// behind it.
pub(crate) async fn read(eyes: &Eyes, orders: &BTreeMap<String, record_shift::Records>) -> Picture {
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
        let (mut aliases, mut elsewhere) = (Vec::new(), Vec::new());
        for (side, pointer) in watched(order, &read) {
            let Some(dns_name) = &pointer.alias else { continue };
            match picture.told(dns_name, eyes.balancers.load_balancer_named(dns_name).await) {
                Some(Some(balancer)) => {
                    let behind = picture.told(&balancer, eyes.balancers.health_behind(&balancer).await);
                    aliases.push(Alias { side, kind: pointer.kind, balancer, behind });
                }
                Some(None) if is_of_a_load_balancer(dns_name) => elsewhere.push(dns_name.clone()),
                // An alias of something else has no targets; and what could not be told is noted.
                Some(None) | None => {}
            }
        }
        let owner = external_dns::owner(&zone.records, &order.name, &order.pair);
        let (sights, dns_name) = (order.sights(&read), order.name.to_string());
        picture.records.push(Records { dns_name, sights, owner, aliases, elsewhere });
    }
    picture
}

/// The records of both sides that count as unhealthy when what they are an alias of does.
fn watched(order: &record_shift::Records, read: &[ResourceRecordSet]) -> Vec<(Side, record_shift::Pointer)> {
    let of = |side| order.pointers(side, read).into_iter().map(move |pointer| (side, pointer));
    let all = [Side::Blue, Side::Green].into_iter().flat_map(of);
    all.filter(|(_, pointer)| pointer.evaluates).collect()
}

/// Whether a DNS name is one that Elastic Load Balancing gives: `NAME.REGION.elb.amazonaws.com`, or for network load
/// balancers `NAME.elb.REGION.amazonaws.com`.
fn is_of_a_load_balancer(dns_name: &str) -> bool {
    let name = dns_name.trim_end_matches('.').to_ascii_lowercase();
    name.contains(".elb.") && (name.ends_with(".amazonaws.com") || name.ends_with(".amazonaws.com.cn"))
}
