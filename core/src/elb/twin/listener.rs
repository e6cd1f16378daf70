//! A network load balancer's listener, and what its twin is to be. Nothing here asks AWS.

use std::collections::{BTreeMap, BTreeSet};

use super::tags::{self, TagChange, Tags};

/// A listener of a network load balancer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listener {
    /// `TCP`, `UDP`, `TCP_UDP` or `TLS`; also `QUIC` and `TCP_QUIC`.
    pub protocol: String,
    /// 1 to 65535.
    pub port: i32,
    /// The security policy of TLS.
    pub ssl_policy: Option<String>,
    /// The ALPN policy of TLS; `None` where it negotiates none.
    pub alpn_policy: Option<String>,
    /// The default certificate of TLS.
    pub certificate: Option<String>,
    /// Its further certificates, which it chooses by the server name that a client asks for.
    pub more_certificates: BTreeSet<String>,
    /// The target groups that it forwards to.
    pub target_groups: BTreeSet<String>,
    /// Its attributes by key.
    pub attributes: BTreeMap<String, String>,
    /// Its tags.
    pub tags: Tags,
}

/// Where a twin may listen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ports {
    /// On this port.
    One(i32),
    /// On the lowest port from the first to the last that is free.
    Range(i32, i32),
}

impl Ports {
    /// The lowest port that is not taken.
    pub(crate) fn free(self, taken: &BTreeSet<i32>) -> Option<i32> {
        let (first, last) = self.bounds();
        (first..=last).find(|port| !taken.contains(port))
    }

    /// Whether a port is one of them.
    pub fn contain(self, port: i32) -> bool {
        let (first, last) = self.bounds();
        (first..=last).contains(&port)
    }

    fn bounds(self) -> (i32, i32) {
        match self {
            Ports::One(port) => (port, port),
            Ports::Range(first, last) => (first, last),
        }
    }
}

/// Whether it is one of a network load balancer, by its protocol.
pub fn is_of_network(protocol: &str) -> bool {
    matches!(protocol, "TCP" | "UDP" | "TCP_UDP" | "TLS" | "QUIC" | "TCP_QUIC")
}

/// What the twin of `source` is to be, on this port, forwarding to this target group, with these tags over its own.
pub fn twin_of(source: &Listener, port: i32, target_group: &str, over: &Tags) -> Listener {
    Listener {
        port,
        target_groups: BTreeSet::from([target_group.to_owned()]),
        tags: tags::with(&source.tags, over),
        ..source.clone()
    }
}

/// What makes of a listener what it is to be. AWS changes all of it in place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// The port to move to.
    pub port: Option<i32>,
    /// The protocol to take on.
    pub protocol: Option<String>,
    /// The security policy to take on.
    pub ssl_policy: Option<String>,
    /// The ALPN policy to take on; `None` inside for no negotiation.
    pub alpn_policy: Option<Option<String>>,
    /// The default certificate to take on.
    pub certificate: Option<String>,
    /// The target group to forward to.
    pub target_group: Option<String>,
    /// Certificates to add.
    pub add_certificates: BTreeSet<String>,
    /// Certificates to remove.
    pub remove_certificates: BTreeSet<String>,
    /// Attributes to write.
    pub attributes: BTreeMap<String, String>,
    /// Tags to write and to remove.
    pub tags: TagChange,
}

impl Change {
    /// From what is `live` to what is `wanted`. A listener that forwards to the wanted target group among others is
    /// left to whoever shares it out.
    pub(crate) fn between(live: &Listener, wanted: &Listener) -> Self {
        let other = |wanted: &Option<String>, live: &Option<String>| wanted.clone().filter(|_| wanted != live);
        let attributes = wanted.attributes.iter().filter(|(key, value)| live.attributes.get(*key) != Some(value));
        let difference = |one: &BTreeSet<String>, other: &BTreeSet<String>| one.difference(other).cloned().collect();
        Self {
            port: (wanted.port != live.port).then_some(wanted.port),
            protocol: (wanted.protocol != live.protocol).then(|| wanted.protocol.clone()),
            ssl_policy: other(&wanted.ssl_policy, &live.ssl_policy),
            alpn_policy: (wanted.alpn_policy != live.alpn_policy).then(|| wanted.alpn_policy.clone()),
            certificate: other(&wanted.certificate, &live.certificate),
            target_group: wanted.target_groups.difference(&live.target_groups).next().cloned(),
            add_certificates: difference(&wanted.more_certificates, &live.more_certificates),
            remove_certificates: difference(&live.more_certificates, &wanted.more_certificates),
            attributes: attributes.map(|(key, value)| (key.clone(), value.clone())).collect(),
            tags: TagChange::between(&live.tags, &wanted.tags),
        }
    }

    /// Whether the listener itself is to be written, as opposed to what hangs on it.
    pub(crate) fn is_of_listener(&self) -> bool {
        self.port.is_some()
            || self.protocol.is_some()
            || self.ssl_policy.is_some()
            || self.alpn_policy.is_some()
            || self.certificate.is_some()
            || self.target_group.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(words: &[&str]) -> BTreeSet<String> {
        words.iter().map(|&word| word.to_owned()).collect()
    }

    fn tls() -> Listener {
        Listener {
            protocol: "TLS".to_owned(),
            port: 443,
            ssl_policy: Some("ELBSecurityPolicy-TLS13-1-2-2021-06".to_owned()),
            alpn_policy: Some("HTTP2Preferred".to_owned()),
            certificate: Some("default".to_owned()),
            more_certificates: set(&["b", "c"]),
            target_groups: set(&["blue"]),
            attributes: [("tcp.idle_timeout.seconds".to_owned(), "600".to_owned())].into(),
            tags: [("app".to_owned(), "orders".to_owned()), ("elbv2.k8s.aws/cluster".to_owned(), "blue".to_owned())]
                .into(),
        }
    }

    #[test]
    fn the_first_free_port_is_taken() {
        let taken = [443, 8443, 8444].into();
        assert_eq!(Ports::Range(8443, 8446).free(&taken), Some(8445));
        assert_eq!(Ports::Range(8443, 8444).free(&taken), None);
        assert_eq!(Ports::One(8445).free(&taken), Some(8445));
        assert_eq!(Ports::One(443).free(&taken), None);
        assert!(Ports::Range(1, 3).contain(3) && !Ports::Range(1, 3).contain(4));
    }

    #[test]
    fn a_twin_differs_in_port_target_group_and_owner() {
        let twin = twin_of(&tls(), 8443, "green", &[("side".to_owned(), "green".to_owned())].into());
        assert_eq!((twin.port, &twin.target_groups), (8443, &set(&["green"])));
        assert_eq!(twin.tags.keys().collect::<Vec<_>>(), ["app", "side"]);
        let back = Listener { port: 443, target_groups: set(&["blue"]), tags: tls().tags, ..twin };
        assert_eq!(back, tls());
    }

    #[test]
    fn a_change_is_what_differs_and_nothing_else() {
        let wanted = twin_of(&tls(), 8443, "green", &Tags::new());
        let same = Change::between(&wanted, &wanted);
        assert_eq!(same, Change::default());
        let live = Listener { alpn_policy: None, more_certificates: set(&["a", "b"]), ..wanted.clone() };
        let change = Change::between(&live, &wanted);
        assert!(change.is_of_listener());
        assert_eq!(change.alpn_policy, Some(Some("HTTP2Preferred".to_owned())));
        assert_eq!((change.add_certificates, change.remove_certificates), (set(&["c"]), set(&["a"])));
        assert_eq!(Change::between(&wanted, &live).alpn_policy, Some(None));
    }

    #[test]
    fn a_twin_that_shares_its_traffic_out_is_left_to_it() {
        let wanted = twin_of(&tls(), 8443, "green", &Tags::new());
        let shared = Listener { target_groups: set(&["blue", "green"]), ..wanted.clone() };
        assert_eq!(Change::between(&shared, &wanted).target_group, None);
        let strayed = Listener { target_groups: set(&["blue"]), ..wanted.clone() };
        assert_eq!(Change::between(&strayed, &wanted).target_group.as_deref(), Some("green"));
    }
}
