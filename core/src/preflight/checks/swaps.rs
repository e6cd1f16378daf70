//! Whether an API can be moved between two ports.

use crate::preflight::check::{Check, Family, Found, Severity};

/// The checks.
pub(crate) const FAMILY: Family = Family { title: "Swaps of ports", checks: &[NO_SWAP, UNDEPLOYED_CHANGES] };

/// How many changes are named.
const NAMED: usize = 5;

const NO_SWAP: Check = Check {
    code: "no_swap",
    severity: Severity::Error,
    about: "The API cannot be moved between the two listeners as asked: they are no pair, a stage or a route does not exist, \
            no integration leads to either port, or the stage has a canary release of someone else.",
    remedy: "Mend what the message names.",
    find: |picture| {
        let refused = picture.swaps.iter().filter_map(|swap| Some((swap, swap.undeployed.as_ref()?.as_ref().err()?)));
        refused
            .map(|(swap, why)| Found::new(&swap.api, format!("The swap {} is not possible: {why}.", swap.name)))
            .collect()
    },
};

const UNDEPLOYED_CHANGES: Check = Check {
    code: "undeployed_changes",
    severity: Severity::Error,
    about: "The API has changes that are not deployed, beside those of the swap. A deployment ships the whole API, and so \
            `eksmig_nlb_port_swap` refuses to make one.",
    remedy: "Deploy or undo those changes, or ship them with the swap (`undeployed_changes = \"deploy\"`).",
    find: |picture| {
        let stages = picture.swaps.iter().filter_map(|swap| Some((swap, swap.undeployed.as_ref()?.as_ref().ok()?)));
        let stages = stages.flat_map(|(swap, stages)| stages.iter().map(move |stage| (swap, stage)));
        let stages = stages.filter(|(_, (_, changes))| !changes.is_empty());
        stages
            .map(|(swap, (stage, changes))| {
                let first: Vec<&str> = changes.iter().take(NAMED).map(String::as_str).collect();
                let more = changes.len().saturating_sub(NAMED);
                let more = if more > 0 { format!("; and {more} more") } else { String::new() };
                Found::new(
                    &swap.api,
                    format!("Stage {stage} does not serve these changes yet: {}{more}.", first.join("; ")),
                )
            })
            .collect()
    },
};
