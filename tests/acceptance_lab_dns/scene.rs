//! Two clusters, a name whose records lead to them, name servers, and the Terraform that moves the name.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::MutexGuard;
use std::time::Duration;

use aws_sdk_route53::primitives::{DateTime, DateTimeFormat};
use eksmig_tests::blocking::wait;
use eksmig_tests::lab::cluster::Cluster;
use eksmig_tests::lab::dns::answer::Kind;
use eksmig_tests::lab::dns::clients::Crowd;
use eksmig_tests::lab::dns::{Look, NameServer};
use eksmig_tests::lab::load::Load;
use eksmig_tests::lab::site::Site;
use eksmig_tests::lab::turn;
use eksmig_tests::patience::until;
use eksmig_tests::zone::Zone;

use crate::{LIMIT, PENDING, TTL};

/// The types that are moved, and asked for.
pub const TYPES: [(&str, Kind); 2] = [("A", Kind::A), ("AAAA", Kind::Aaaa)];

/// A name that leads to two clusters.
pub struct Scene {
    pub zone: Zone,
    pub blue: Cluster,
    pub green: Cluster,
    pub site: Site,
    pub names: NameServer,
    _turn: MutexGuard<'static, ()>,
}

impl Scene {
    /// Both clusters healthy, and a zone without records.
    pub fn new(name: &str) -> Self {
        let turn = turn();
        let zone = Zone::empty(name);
        let world = &zone.stage.world;
        let (blue, green) = (Cluster::new(world, "blue", 2), Cluster::new(world, "green", 2));
        let site = Site::start(world, &[&blue.balancer, &green.balancer]);
        let names = NameServer::start(&site, &zone.id);
        for side in [&blue, &green] {
            until(LIMIT, "healthy backends", || side.fleet.all_are(world, "healthy").then_some(()));
        }
        world.emulator().spread_changes(&zone.id, 0, PENDING);
        Self { zone, blue, green, site, names, _turn: turn }
    }

    /// The same with a weighted pair of each type, all of the traffic blue's, served.
    pub fn with_pairs(name: &str) -> Self {
        let scene = Self::new(name);
        for (kind, _) in TYPES {
            scene.put(kind, &scene.blue, Some(("blue", 100)), TTL);
            scene.put(kind, &scene.green, Some(("green", 0)), TTL);
        }
        scene.wait_for_percent(0.0);
        scene
    }

    /// Puts a record that names a cluster's address, as whoever manages it would.
    pub fn put(&self, kind: &str, cluster: &Cluster, weighted: Option<(&str, i64)>, ttl: Duration) {
        let mut record = self.zone.record(kind, &self.address(cluster, kind).to_string(), weighted);
        record.ttl = Some(ttl.as_secs().try_into().unwrap());
        self.zone.put(record);
    }

    /// The address that a record of a type names.
    pub fn address(&self, cluster: &Cluster, kind: &str) -> IpAddr {
        let (four, six) = self.names.balancers().addresses(&cluster.balancer).unwrap();
        if kind == "A" { four.into() } else { six.into() }
    }

    /// 200 requests a second of 200 clients, each of which keeps its answers for the TTL.
    pub fn load(&self, kind: Kind) -> Load {
        self.names.load(&Crowd { kind, factor: 1.0, ..Crowd::of(&self.zone.name) })
    }

    /// Waits until the name servers answer by a green percent of both types; when they began to.
    pub fn wait_for_percent(&self, percent: f64) -> Duration {
        until(LIMIT, &format!("name servers at {percent} %"), || {
            // Where nobody asks, nobody looks.
            self.names.ask(&self.zone.name, Kind::A);
            let look = self.names.looks().pop()?;
            (self.percents(&look) == [Some(percent); 2]).then_some(look.at)
        })
    }

    /// Green's percent of each type at a look; none where it has no pair.
    pub fn percents(&self, look: &Look) -> [Option<f64>; 2] {
        TYPES.map(|(kind, _)| percent(&look.group(&self.zone.name, kind)))
    }

    /// Green's percents that were served, each from when on.
    #[track_caller]
    pub fn served(&self) -> Vec<(Duration, f64)> {
        let pairs = self.names.looks().into_iter().skip_while(|look| self.percents(look) != [Some(0.0); 2]);
        let shares = pairs.map(|look| {
            let [a, aaaa] = self.percents(&look);
            assert_eq!(a, aaaa, "the types differ in share: {look:?}");
            (look.at, a.expect("a pair"))
        });
        shares.collect()
    }

    /// Waits until so much time has gone by.
    pub fn wait_while_loaded(&self, time: Duration) {
        let end = self.site.journal.now() + time;
        until(LIMIT, "time that goes by", || (self.site.journal.now() >= end).then_some(()));
    }

    /// The moment that the state tells as `effective_at`, in the lab's time, to some milliseconds.
    pub fn effective_at(&self) -> Duration {
        let told = self.zone.stage.workspace.values(crate::ADDRESS)["effective_at"].as_str().unwrap().to_owned();
        let told = DateTime::from_str(&told, DateTimeFormat::DateTime).unwrap().as_secs_f64();
        // The emulator's log has both clocks meet: a call that arrives now, by the wall.
        let world = &self.zone.stage.world;
        wait(world.client().describe_account_limits().send()).unwrap();
        let now = self.site.journal.now().as_secs_f64();
        let key = format!("WORLD{}", world.name().replace('-', ""));
        let wall = world.emulator().calls(&key, 0).last().unwrap().at;
        Duration::from_secs_f64(now + told - wall)
    }
}

fn percent(weights: &BTreeMap<String, u32>) -> Option<f64> {
    let (blue, green) = (f64::from(*weights.get("blue")?), f64::from(*weights.get("green")?));
    Some(green * 100.0 / (blue + green))
}
