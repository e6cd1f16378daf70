//! Target groups that are handed over from blue's nodes to green's and back by one `eksmig_target_cutover`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::calls::{Bench, Call};
use crate::ledger::{Ledger, Side, Write};
use crate::nodes::{Nodes, PORT};
use crate::scene::{Scene, Standing};
use crate::stage::Stage;
use crate::world::TargetGroup;

/// Whoever belongs to neither side, as `id:port`.
const STRANGERS: [&str; 2] = ["10.0.9.9:30080", "10.0.0.1:9999"];

/// Who the sides are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Four addresses and two, in one target group with two strangers.
    Targets,
    /// Auto Scaling groups of four nodes and of two, and two target groups.
    ScalingGroups,
}

/// Nodes of one shape, blue's registered, new ones healthy after a look or two.
#[derive(Debug)]
pub struct NodeScene {
    /// The target groups and the nodes.
    pub nodes: Nodes,
    shape: Shape,
    /// Whether both sides serve where less than all, and no more than half, is asked for; blue alone otherwise.
    halves: bool,
    /// The ids of each side's nodes.
    ids: [BTreeSet<String>; 2],
}

impl NodeScene {
    /// Nodes of this shape. `name` has 12 characters at most.
    pub fn set(name: &str, shape: Shape, halves: bool) -> Self {
        let nodes = match shape {
            Shape::Targets => Nodes::named(name),
            Shape::ScalingGroups => Nodes::scaled(name, 2),
        };
        if shape == Shape::Targets {
            let seat = |text: &str| text.split_once(':').map(|(id, port)| (id.to_owned(), port.parse().unwrap()));
            nodes.register(0, &STRANGERS.map(|text| seat(text).unwrap()));
        }
        nodes.warm(1);
        let ids = match shape {
            Shape::Targets => {
                [(0, 4), (1, 2)].map(|(net, count)| (1..=count).map(|n| format!("10.0.{net}.{n}")).collect())
            }
            Shape::ScalingGroups => ["blue", "green"].map(|side| nodes.instances(side)),
        };
        Self { nodes, shape, halves, ids }
    }

    /// Whose a registration in the target group is: blue's, green's, or nobody's of the two.
    fn side(&self, nth: usize, seat: &str) -> Option<usize> {
        let (id, port) = seat.rsplit_once(':').unwrap();
        let own = port == (PORT + i32::try_from(nth).unwrap()).to_string();
        (0..2).find(|side| own && self.ids[*side].contains(id))
    }

    /// How many of these are blue's and green's.
    fn count<'a>(&self, nth: usize, seats: impl IntoIterator<Item = &'a (impl AsRef<str> + ?Sized + 'a)>) -> [i64; 2] {
        let mut count = [0, 0];
        seats.into_iter().filter_map(|seat| self.side(nth, seat.as_ref())).for_each(|side| count[side] += 1);
        count
    }

    fn healthy(&self, nth: usize, bench: &Bench) -> [i64; 2] {
        self.count(nth, bench.targets.iter().filter(|(_, state)| *state == "healthy").map(|(seat, _)| seat))
    }

    fn strangers<'a>(&self, nth: usize, bench: &'a Bench) -> BTreeMap<&'a String, &'a String> {
        bench.targets.iter().filter(|(seat, _)| self.side(nth, seat).is_none()).collect()
    }

    /// The writes in the order in which they took effect: the call, the target group, and how that stood.
    fn handed<'a>(&'a self, calls: &'a [Call]) -> impl Iterator<Item = (&'a Call, usize, &'a Bench, &'a Bench)> {
        let mut effective: Vec<_> = calls.iter().filter_map(|call| Some((call, call.handover.as_ref()?))).collect();
        effective.sort_by_key(|(_, handover)| handover.order);
        effective.into_iter().flat_map(move |(call, handover)| {
            handover.groups.iter().map(move |(arn, effect)| {
                let nth = self.nodes.groups.iter().position(|group| group.arn == *arn).unwrap();
                (call, nth, &effect.before, &effect.after)
            })
        })
    }
}

fn named<T>(counts: [T; 2]) -> BTreeMap<String, T> {
    ["blue".to_owned(), "green".to_owned()].into_iter().zip(counts).collect()
}

impl Scene for NodeScene {
    const TYPE: &'static str = "eksmig_target_cutover";
    const WEIGHTS: &'static str = "targets";
    /// Register, Deregister, Attach and Detach; not Describe.
    const WRITES: &'static str = "[RAD][et][grt]*";

    fn stage(&self) -> &Stage {
        &self.nodes.stage
    }

    fn config(&self, green_weight: u8, on_destroy: Side) -> Value {
        let arns: Vec<&str> = self.nodes.groups.iter().map(|group| group.arn.as_str()).collect();
        let side = |nth: usize, name: &str| match self.shape {
            Shape::Targets => {
                json!({"targets": self.ids[nth].iter().map(|id| json!({"id": id})).collect::<Vec<_>>()})
            }
            Shape::ScalingGroups => json!({"autoscaling_group_names": [self.nodes.scaling_group(name)]}),
        };
        let serving = match green_weight {
            0 => "blue",
            1..=50 => {
                if self.halves {
                    "both"
                } else {
                    "blue"
                }
            }
            _ => "green",
        };
        json!({
            "target_group_arns": arns,
            "blue": side(0, "blue"),
            "green": side(1, "green"),
            "serving": serving,
            "ramp": {"batch_percent": 50},
            "gate": {"poll_interval": "1s"},
            "on_destroy": format!("{on_destroy:?}").to_lowercase(),
        })
    }

    fn percent(&self, green_weight: u8) -> f64 {
        let [blue, green] = self.ids.each_ref().map(|ids| ids.len() as f64);
        match green_weight {
            1..=50 if self.halves => green * 100.0 / (blue + green),
            0..=50 => 0.0,
            _ => 100.0,
        }
    }

    /// How many of each side are registered.
    fn standing(&self) -> Standing {
        let groups = self.nodes.groups.iter().enumerate();
        groups.map(|(nth, group)| (group.arn.clone(), named(self.count(nth, &self.nodes.registered(nth))))).collect()
    }

    /// The weights are how many of each side are healthy: that is who gets the traffic. Deregistering what is gone is
    /// left out: detaching deregisters as well, later for all that AWS promises, so that both are called for.
    fn ledger(&self, calls: &[Call]) -> Ledger {
        let handed = self.handed(calls);
        let writes = handed.filter(|(call, _, before, after)| before != after || call.action != "DeregisterTargets");
        let write = |(call, nth, before, after): (&Call, usize, &Bench, &Bench)| {
            let healthy = self.healthy(nth, before).map(|count| u32::try_from(count).unwrap());
            Write {
                route: self.nodes.groups[nth].arn.clone(),
                before: named(self.healthy(nth, before)),
                after: named(self.healthy(nth, after)),
                healthy: named(healthy),
                whole: Some([before, after].map(|bench| format!("{bench:?}"))),
                reply_lost: call.reply_was_lost(),
            }
        };
        Ledger::new("blue", "green", writes.map(write).collect())
    }

    fn last_known(&self, calls: &[Call], route: &str) -> Vec<[Option<i64>; 2]> {
        let mut known = Vec::new();
        let writes: Vec<_> = self.handed(calls).collect();
        for (call, nth, before, after) in writes.into_iter().rev() {
            if self.nodes.groups[nth].arn != route {
                continue;
            }
            known.push(self.count(nth, after.targets.keys()).map(Some));
            if !call.reply_was_lost() {
                break;
            }
            known.push(self.count(nth, before.targets.keys()).map(Some));
        }
        known
    }

    /// Strangers touched, and a side taken out while the other was not all there and healthy.
    fn wrongs(&self, calls: &[Call]) -> Vec<String> {
        let wrong = |(call, nth, before, after): (&Call, usize, &Bench, &Bench)| {
            let is = self.count(nth, after.targets.keys());
            let was = self.count(nth, before.targets.keys());
            let stays = |leaves: usize| (self.healthy(nth, after)[1 - leaves], self.ids[1 - leaves].len() as i64);
            let left = (0..2).filter(|side| is[*side] < was[*side]).map(stays).find(|(healthy, all)| healthy < all);
            let what = match left {
                _ if self.strangers(nth, before) != self.strangers(nth, after) => "touched a stranger".to_owned(),
                Some((healthy, all)) => format!("left {healthy} of {all} healthy on the side that stays"),
                None => return None,
            };
            Some(format!("{} {what}: target group {nth}: {before:?} -> {after:?}", call.action))
        };
        self.handed(calls).filter_map(wrong).collect()
    }

    /// How many of each side are told of that are its own.
    fn kept(&self, state: &Value) -> BTreeMap<String, [Option<i64>; 2]> {
        let groups = self.nodes.groups.iter().enumerate();
        let told = |(nth, group): (usize, &TargetGroup)| {
            let own = |(side, name): (usize, &str)| {
                let seats = state[Self::WEIGHTS][&group.arn][name].as_array()?;
                let seats: Option<Vec<&str>> = seats.iter().map(Value::as_str).collect();
                Some(self.count(nth, seats?)[side])
            };
            (group.arn.clone(), [own((0, "blue")), own((1, "green"))])
        };
        groups.map(told).collect()
    }
}
