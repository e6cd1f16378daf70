//! What the attributes of target groups, load balancers and listeners let a client keep. Pure.
//!
//! The names and defaults are those of the Elastic Load Balancing API: `TargetGroupAttribute`, `LoadBalancerAttribute`,
//! `ListenerAttribute`.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::time::Duration;

use super::evidence::Hold;

/// Attributes by key.
type Attributes = BTreeMap<String, String>;

fn seconds(attributes: &Attributes, key: &str, default: u64) -> Duration {
    Duration::from_secs(attributes.get(key).and_then(|value| value.parse().ok()).unwrap_or(default))
}

/// What a target group lets clients keep: its own sticky sessions, and its targets' last requests.
pub(crate) fn of_group(group: &impl Display, attributes: &Attributes) -> Vec<Hold> {
    let delay = seconds(attributes, "deregistration_delay.timeout_seconds", 300);
    let mut holds = vec![hold(format!("the deregistration delay of target group {group}"), delay, false)];
    let sticky = attributes.get("stickiness.enabled").is_some_and(|enabled| enabled == "true");
    let duration = match attributes.get("stickiness.type").map(String::as_str) {
        Some("app_cookie") => Some("stickiness.app_cookie.duration_seconds"),
        Some("lb_cookie") => Some("stickiness.lb_cookie.duration_seconds"),
        // By source address: that has no duration.
        _ => None,
    };
    if let Some(key) = duration.filter(|_| sticky) {
        let duration = seconds(attributes, key, 86_400);
        holds.push(hold(format!("sticky sessions of target group {group}"), duration, true));
    }
    holds
}

/// How long an application load balancer keeps a connection on which nothing is sent.
pub(crate) fn of_balancer(balancer: &impl Display, attributes: &Attributes) -> Hold {
    let idle = seconds(attributes, "idle_timeout.timeout_seconds", 60);
    hold(format!("the idle timeout of load balancer {balancer}"), idle, true)
}

/// How long a network load balancer keeps a flow of a listener on which nothing is sent.
pub(crate) fn of_listener(listener: &impl Display, attributes: &Attributes) -> Hold {
    let idle = seconds(attributes, "tcp.idle_timeout.seconds", 350);
    hold(format!("the idle timeout of listener {listener}"), idle, true)
}

/// How long a route keeps clients on the target group that they met first.
pub(crate) fn of_route(route: &impl Display, stickiness: Duration) -> Hold {
    hold(format!("sticky sessions of route {route}"), stickiness, true)
}

fn hold(what: String, length: Duration, renewed: bool) -> Hold {
    Hold { what, length, renewed }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attributes(pairs: &[(&str, &str)]) -> Attributes {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[track_caller]
    fn check(pairs: &[(&str, &str)], expected: &[(u64, bool)]) {
        let holds = of_group(&"blue", &attributes(pairs));
        let found: Vec<(u64, bool)> = holds.iter().map(|hold| (hold.length.as_secs(), hold.renewed)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_target_group_keeps_clients_by_its_delay_and_its_sessions() {
        check(&[], &[(300, false)]);
        check(&[("deregistration_delay.timeout_seconds", "0"), ("stickiness.enabled", "false")], &[(0, false)]);
        let cookie = [
            ("stickiness.enabled", "true"),
            ("stickiness.type", "lb_cookie"),
            ("stickiness.lb_cookie.duration_seconds", "600"),
        ];
        check(&cookie, &[(300, false), (600, true)]);
        check(&[("stickiness.enabled", "true"), ("stickiness.type", "app_cookie")], &[(300, false), (86_400, true)]);
        check(&[("stickiness.enabled", "true"), ("stickiness.type", "source_ip")], &[(300, false)]);
    }

    #[test]
    fn idle_connections_have_aws_defaults_where_nothing_is_said() {
        assert_eq!(of_balancer(&"edge", &attributes(&[])).length.as_secs(), 60);
        assert_eq!(of_listener(&"8080", &attributes(&[])).length.as_secs(), 350);
        assert_eq!(of_listener(&"8080", &attributes(&[("tcp.idle_timeout.seconds", "60")])).length.as_secs(), 60);
    }
}
