//! Clusters, spoilt.

use super::Case;
use super::well::{group_arn, in_blue, in_green};
use crate::preflight::picture::{Inside, Picture};
use crate::survey::workloads::{Binding, ExternalDns, Id, OwnerId};

/// Binds a target group in a cluster.
fn bind(inside: &mut Inside, group: &str, multi_cluster: bool) {
    let id = Id::new("shop", "orders");
    let group_arn = Some(group_arn(group).to_string());
    let binding = Binding { service: id.clone(), id, group_arn, multi_cluster, ..Binding::default() };
    inside.bindings = Some(vec![binding]);
}

/// Has both clusters bind blue's target group.
fn share(picture: &mut Picture, blues: bool, greens: bool) {
    bind(in_blue(picture), "orders-blue", blues);
    bind(in_green(picture), "orders-blue", greens);
}

/// Has an ExternalDNS run in a cluster.
fn run(inside: &mut Inside, owner: OwnerId) {
    inside.external_dns = Some(vec![ExternalDns { id: Id::new("dns", "external-dns"), owner }]);
}

fn owner(id: &str) -> OwnerId {
    OwnerId::Is(id.to_owned())
}

fn unknown() -> OwnerId {
    OwnerId::Unknown("EXTERNAL_DNS_TXT_OWNER_ID stands in another object".to_owned())
}

pub(crate) const CASES: &[Case] = &[
    Case {
        code: "shared_target_group",
        spoil: |picture| share(picture, false, false),
        nearly: |picture| share(picture, true, true),
    },
    Case {
        code: "shared_target_group",
        spoil: |picture| share(picture, true, false),
        nearly: |picture| bind(in_green(picture), "orders-green", false),
    },
    Case {
        code: "shared_target_group",
        spoil: |picture| share(picture, false, true),
        // What could not be read is told elsewhere.
        nearly: |picture| {
            share(picture, false, false);
            in_green(picture).bindings = None;
        },
    },
    Case {
        code: "shared_owner_id",
        spoil: |picture| run(in_green(picture), owner("blue")),
        nearly: |picture| run(in_green(picture), owner("Blue")),
    },
    Case {
        code: "shared_owner_id",
        spoil: |picture| run(in_green(picture), OwnerId::Nobody),
        nearly: |picture| in_green(picture).external_dns = Some(vec![]),
    },
    Case {
        code: "shared_owner_id",
        spoil: |picture| run(in_blue(picture), OwnerId::Nobody),
        nearly: |picture| run(in_blue(picture), unknown()),
    },
    Case {
        code: "shared_owner_id",
        spoil: |picture| {
            run(in_blue(picture), OwnerId::Nobody);
            run(in_green(picture), OwnerId::Nobody);
        },
        nearly: |picture| {
            run(in_green(picture), owner("blue"));
            in_blue(picture).external_dns = None;
        },
    },
    Case {
        code: "owner_id_not_known",
        spoil: |picture| run(in_green(picture), unknown()),
        nearly: |picture| run(in_green(picture), OwnerId::Nobody),
    },
    Case {
        code: "owner_id_not_known",
        spoil: |picture| run(in_blue(picture), unknown()),
        // Alone, it meets nobody.
        nearly: |picture| {
            run(in_blue(picture), unknown());
            in_green(picture).external_dns = Some(vec![]);
        },
    },
    Case {
        code: "missing_in_green",
        spoil: |picture| in_green(picture).services = Some([].into()),
        nearly: |picture| in_blue(picture).services = Some([].into()),
    },
    Case {
        code: "missing_in_green",
        spoil: |picture| in_green(picture).services = Some([Id::new("store", "orders")].into()),
        nearly: |picture| in_green(picture).services = None,
    },
];
