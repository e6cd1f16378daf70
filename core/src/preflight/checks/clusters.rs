//! What the two clusters would do to each other, and what is in one alone.

use crate::preflight::check::{Check, Family, Found, Severity};
use crate::preflight::picture::Picture;
use crate::survey::workloads::{Binding, ExternalDns, OwnerId};

/// The checks.
pub(crate) const FAMILY: Family =
    Family { title: "Clusters", checks: &[SHARED_TARGET_GROUP, SHARED_OWNER_ID, OWNER_ID_NOT_KNOWN, MISSING_IN_GREEN] };

const SHARED_TARGET_GROUP: Check = Check {
    code: "shared_target_group",
    severity: Severity::Error,
    about: "TargetGroupBindings of both clusters name one target group, and not both have `multiClusterTargetGroup`. Each \
            controller deregisters the targets that it did not register. It does so only when a pod of its own changes: both \
            clusters look healthy until then, for days perhaps.",
    remedy: "Move between two target groups (`eksmig_target_group_twin`), or share this one on purpose: set \
             `multiClusterTargetGroup: true` on both bindings (AWS Load Balancer Controller 2.10 or later), and wait in each \
             cluster for ConfigMap `aws-lbc-targets-` with the binding's name. Delete neither binding nor its Service before \
             that: it would deregister every target, the other cluster's too.",
    find: |picture| {
        let bindings = picture.clusters.as_ref().and_then(|clusters| clusters.both(|inside| inside.bindings.as_ref()));
        let Some((blues, greens)) = bindings else { return Vec::new() };
        let pairs = blues.iter().flat_map(|blue| greens.iter().map(move |green| (blue, green)));
        pairs.filter(|(blue, green)| blue.fights(green)).map(|(blue, green)| shared(blue, green)).collect()
    },
};

fn shared(blue: &Binding, green: &Binding) -> Found {
    let without = match (blue.multi_cluster, green.multi_cluster) {
        (false, false) => "neither has",
        (true, _) => "green's lacks",
        (false, true) => "blue's lacks",
    };
    let message = format!(
        "TargetGroupBinding {} of blue and {} of green both register targets in it, and {without} multiClusterTargetGroup.",
        blue.id, green.id
    );
    Found::new(blue.group().unwrap_or_default(), message)
}

const SHARED_OWNER_ID: Check = Check {
    code: "shared_owner_id",
    severity: Severity::Error,
    about: "An ExternalDNS in each cluster writes records under the same owner id (`--txt-owner-id`; `default` where it is \
            given none), or one of them keeps no register of owners (`--registry=noop`). Each takes the other's records for \
            its own, and with `--policy=sync` deletes them.",
    remedy: "Give green's ExternalDNS an owner id of its own before it writes anything. Changing blue's instead leaves it \
             without its records: it no longer knows them.",
    find: |picture| {
        let Some((blues, greens)) = external_dns(picture) else { return Vec::new() };
        let pairs = blues.iter().flat_map(|blue| greens.iter().map(move |green| (blue, green)));
        let found = pairs.filter_map(|(blue, green)| {
            let why = match (&blue.owner, &green.owner) {
                (OwnerId::Is(ours), OwnerId::Is(theirs)) if ours == theirs => {
                    format!("both own records as {ours:?}")
                }
                (OwnerId::Nobody, OwnerId::Nobody) => "neither keeps a register of owners".to_owned(),
                (OwnerId::Nobody, _) => "blue's keeps no register of owners".to_owned(),
                (_, OwnerId::Nobody) => "green's keeps no register of owners".to_owned(),
                (OwnerId::Is(_) | OwnerId::Unknown(_), OwnerId::Is(_) | OwnerId::Unknown(_)) => return None,
            };
            let message = format!("ExternalDNS {} of blue and {} of green: {why}.", blue.id, green.id);
            let found = Found::new(&green.id, message);
            let is_kept = [blue, green].iter().all(|writer| writer.owner != OwnerId::Nobody);
            Some(if is_kept { found } else { found.remedied(KEEP_REGISTERS) })
        });
        found.collect()
    },
};

/// What to do where one keeps no register.
const KEEP_REGISTERS: &str = "Have both keep a register (--registry=txt), each with an owner id of its own (--txt-owner-id), \
                              before both run at once.";

const OWNER_ID_NOT_KNOWN: Check = Check {
    code: "owner_id_not_known",
    severity: Severity::Error,
    about: "An ExternalDNS runs in each cluster, and the owner id of one of them stands where it cannot be read: in another \
            object that a variable comes from, or in a script. Nobody can tell whether they are the same.",
    remedy: "Write the owner id as an argument (`--txt-owner-id=...`), another one in each cluster.",
    find: |picture| {
        let Some((blues, greens)) = external_dns(picture) else { return Vec::new() };
        let found = [("blue", blues, greens), ("green", greens, blues)].into_iter().flat_map(|(side, ours, theirs)| {
            let met = ours.iter().filter(|_| !theirs.is_empty());
            met.filter_map(move |writer| match &writer.owner {
                OwnerId::Unknown(why) => {
                    let message = format!("The owner id of ExternalDNS {} of {side} is not known: {why}.", writer.id);
                    Some(Found::new(&writer.id, message))
                }
                OwnerId::Is(_) | OwnerId::Nobody => None,
            })
        });
        found.collect()
    },
};

const MISSING_IN_GREEN: Check = Check {
    code: "missing_in_green",
    severity: Severity::Error,
    about: "A service of blue has no counterpart of the same namespace and name in green, so that what calls it there finds \
            nothing. Services of namespaces that begin with `kube-`, and those that lead out of the cluster \
            (`ExternalName`), are left out.",
    remedy: "Deploy it to green, or delete it from blue if nothing needs it any more.",
    find: |picture| {
        let services = picture.clusters.as_ref().and_then(|clusters| clusters.both(|inside| inside.services.as_ref()));
        let Some((blues, greens)) = services else { return Vec::new() };
        let missing = blues.difference(greens);
        missing.map(|id| Found::new(id, format!("Service {id} is in blue, and not in green."))).collect()
    },
};

/// Every ExternalDNS of both clusters, where both are known.
fn external_dns(picture: &Picture) -> Option<(&Vec<ExternalDns>, &Vec<ExternalDns>)> {
    picture.clusters.as_ref()?.both(|inside| inside.external_dns.as_ref())
}
