//! A zone, two clusters to which its records can lead, and name servers that answer for it.

use std::collections::BTreeMap;
use std::net::IpAddr;

use aws_sdk_route53::types::ResourceRecordSet;
use eksmig_tests::lab::cluster::Cluster;
use eksmig_tests::lab::dns::NameServer;
use eksmig_tests::lab::dns::answer::Kind;
use eksmig_tests::lab::site::Site;
use eksmig_tests::patience::until;
use eksmig_tests::world::World;
use simple_dns::RCODE;

use crate::LIMIT;
use crate::zone::{Zone, alias, weighted};

/// A zone, and two sides to which its records can lead.
pub struct Scene {
    pub world: World,
    pub zone: Zone,
    pub blue: Cluster,
    pub green: Cluster,
    pub site: Site,
    pub names: NameServer,
}

impl Scene {
    pub fn new(name: &str, backends: [usize; 2]) -> Self {
        let world = World::new(name);
        let (blue, green) = (Cluster::new(&world, "blue", backends[0]), Cluster::new(&world, "green", backends[1]));
        let zone = Zone::new(&world);
        let site = Site::start(&world, &[&blue.balancer, &green.balancer]);
        let names = NameServer::start(&site, &zone.id);
        let scene = Self { world, zone, blue, green, site, names };
        [&scene.blue, &scene.green].into_iter().for_each(|side| scene.wait_for(side, "healthy"));
        scene
    }

    pub fn wait_for(&self, side: &Cluster, state: &str) {
        until(LIMIT, state, || side.fleet.all_are(&self.world, state).then_some(()));
    }

    pub fn address(&self, side: &Cluster) -> IpAddr {
        self.names.balancers().addresses(&side.balancer).unwrap().0.into()
    }

    /// Aliases of the two sides' load balancers, which evaluate their health.
    pub fn aliases(&self, name: &str, weights: [i64; 2]) -> [ResourceRecordSet; 2] {
        let [blue, green] = [&self.blue, &self.green].map(|side| alias(name, "A", &side.name, true));
        [weighted(blue, "blue", weights[0]), weighted(green, "green", weights[1])]
    }

    /// The first values of so many answers to A, and how often each came.
    pub fn drawn(&self, name: &str, count: usize) -> BTreeMap<IpAddr, usize> {
        self.names.drawn(name, Kind::A, count)
    }

    /// Panics unless the two sides are answered with, each as expected: never, or now and then.
    #[track_caller]
    pub fn check(&self, name: &str, expect: [bool; 2]) {
        let drawn = self.drawn(name, 40);
        let found = [&self.blue, &self.green].map(|side| drawn.contains_key(&self.address(side)));
        assert_eq!(found, expect, "{drawn:?}");
    }

    /// The addresses and the TTL of an answer to A.
    #[track_caller]
    pub fn answer(&self, name: &str) -> (Vec<String>, u32) {
        let reply = self.names.ask(name, Kind::A);
        assert_eq!(reply.code, RCODE::NoError, "{reply:?}");
        (reply.addresses().iter().map(ToString::to_string).collect(), reply.ttl())
    }
}
