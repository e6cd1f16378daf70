//! Where a swap stands on a stage. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::apigateway::port_swap::{Swap, Unplaced};
use crate::apigateway::uri::Variables;
use crate::apigateway::view::{Canary, Stage, View};
use crate::engine::gate::Side;
use crate::share::Share;

/// Where a swap stands on one stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Green's share of the requests. Where the stage serves some of the swap's integrations from one side and some from
    /// the other, they are counted, for how many requests each gets is not known here.
    pub share: Share,
    /// The side that the stage serves beside its canary; none where it serves both.
    pub base: Option<Side>,
    /// The side that the canary serves, where this swap takes part in one; none where it serves both.
    pub canary: Option<Option<Side>>,
    /// The side that the API's own integrations lead to, deployed or not; none where they lead to both.
    pub live: Option<Side>,
    /// Why what the stage was last given is not served yet.
    pub unfinished: Option<String>,
}

/// The variables of a stage as its canary sees them.
pub(super) fn overridden(stage: &Stage, canary: &Canary) -> Variables {
    stage.variables.iter().chain(&canary.overrides).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Whether a canary is one that swaps made: its deployment says so, or it changes nothing but variables that hold the
/// ports of swaps.
pub(super) fn is_ours(stage: &Stage, canary: &Canary, variables: &BTreeSet<String>) -> bool {
    let only_variables = stage.deployment.as_ref() == Some(&canary.deployment) && !canary.overrides.is_empty();
    canary.label.is_some() || (only_variables && canary.overrides.keys().all(|name| variables.contains(name)))
}

/// The stage variables that hold the swap's ports.
pub(super) fn port_variables(swap: &Swap, view: &View, stage: &Stage) -> BTreeSet<String> {
    let selected = view.live.iter().filter(|(route, _)| swap.selects(route));
    let ours = selected.filter(|(_, live)| swap.side(view, &live.integration, &stage.variables).is_some());
    ours.filter_map(|(_, live)| live.integration.port_variable(&stage.variables)).collect()
}

/// Where a swap stands on a stage. `variables` are those that hold the ports of this swap and of others of this process.
///
/// # Errors
///
/// [`Unplaced`], where it stands nowhere.
pub(crate) fn standing(
    swap: &Swap,
    view: &View,
    name: &str,
    variables: &BTreeSet<String>,
) -> Result<Standing, Unplaced> {
    let stage = view.stages.get(name).ok_or(Unplaced::NoStage)?;
    refuse(swap, view, stage)?;
    if let Some(canary) = stage.canary.as_ref().filter(|canary| !is_ours(stage, canary, variables)) {
        return Err(Unplaced::ForeignCanary {
            deployment: canary.deployment.clone(),
            percent: canary.percent.to_string(),
            overrides: canary.overrides.len(),
        });
    }
    let marked = |canary: &Canary| canary.label.as_ref().is_some_and(|label| label.swaps.contains(&swap.mark()));
    let (mut base, mut canaried, mut live) = (Vec::new(), Vec::new(), Vec::new());
    for (route, served) in stage.served.iter().filter(|(route, _)| swap.selects(route)) {
        let Some(side) = swap.side(view, served, &stage.variables) else { continue };
        base.push(side);
        let edited = view.live.get(route).map(|live| &live.integration);
        live.extend(edited.and_then(|edited| swap.side(view, edited, &stage.variables)));
        if let Some(canary) = &stage.canary {
            // AWS shows no integrations of a canary. It was made of the API's own, and these are what they were then.
            let integration = edited.filter(|_| marked(canary)).unwrap_or(served);
            canaried.push(swap.side(view, integration, &overridden(stage, canary)).unwrap_or(side));
        }
    }
    if base.is_empty() {
        return Err(Unplaced::NoIntegration {
            blue: swap.pair.blue.number,
            green: swap.pair.green.number,
            balancer: swap.pair.balancer.clone(),
        });
    }
    let mine = port_variables(swap, view, stage);
    let overrides = |canary: &Canary| canary.overrides.keys().any(|name| mine.contains(name));
    let takes_part = stage.canary.as_ref().is_some_and(|canary| marked(canary) || overrides(canary));
    let percent = stage.canary.as_ref().filter(|_| takes_part).map_or(0.0, |canary| canary.percent);
    Ok(Standing {
        share: share(&base, &canaried, percent),
        base: one(&base),
        canary: takes_part.then(|| one(&canaried)),
        live: one(&live),
        unfinished: stage.unfinished.clone(),
    })
}

fn refuse(swap: &Swap, view: &View, stage: &Stage) -> Result<(), Unplaced> {
    if let Some(other) = view.also_deployed.first() {
        return Err(Unplaced::AlsoDeployed(other.clone()));
    }
    for route in &swap.routes {
        let live = view.live.get(route).ok_or_else(|| Unplaced::NoRoute(route.clone()))?;
        if swap.side(view, &live.integration, &stage.variables).is_none() {
            return Err(Unplaced::Elsewhere {
                route: route.clone(),
                uri: live.integration.uri.clone(),
                blue: swap.pair.blue.number,
                green: swap.pair.green.number,
                balancer: swap.pair.balancer.clone(),
            });
        }
    }
    let variables = port_variables(swap, view, stage);
    let (mine, others): (Vec<_>, Vec<_>) = view.live.iter().partition(|(route, live)| {
        swap.selects(route) && swap.side(view, &live.integration, &stage.variables).is_some()
    });
    for (route, live) in others {
        let shared = live.integration.variables().into_iter().find(|name| variables.contains(*name));
        if let Some(variable) = shared {
            return Err(Unplaced::SharedVariable { variable: variable.to_owned(), route: route.clone() });
        }
    }
    for (_, live) in mine {
        let id = live.integration.connection_id.as_deref();
        let id = id.and_then(|id| crate::apigateway::uri::filled(id, &stage.variables));
        if let Some((id, link)) =
            id.and_then(|id| view.links.get_key_value(&id)).filter(|(_, link)| link.status != "AVAILABLE")
        {
            return Err(Unplaced::Link { id: id.clone(), status: link.status.clone() });
        }
    }
    Ok(())
}

/// The side that all of these are; none where they differ, or where there are none.
fn one(sides: &[Side]) -> Option<Side> {
    let first = sides.first().copied()?;
    sides.iter().all(|side| *side == first).then_some(first)
}

fn share(base: &[Side], canary: &[Side], percent: f64) -> Share {
    let green =
        |sides: &[Side]| u32::try_from(sides.iter().filter(|side| **side == Side::Green).count()).unwrap_or(u32::MAX);
    let all = u32::try_from(base.len()).unwrap_or(u32::MAX);
    let tenths = tenths(percent);
    let part = green(base).saturating_mul(1000 - tenths).saturating_add(green(canary).saturating_mul(tenths));
    Share::of(all.saturating_mul(1000).saturating_sub(part), part).unwrap_or(Share::BLUE)
}

/// A canary's percent in tenths, 0 to 1000.
fn tenths(percent: f64) -> u32 {
    (percent * 10.0).round().clamp(0.0, 1000.0) as u32
}

/// The percent of a canary that gives green this share, where all that is not the canary's is `base`'s.
pub(super) fn percent(share: Share, base: Side) -> f64 {
    let tenths = match base {
        Side::Blue => share.tenths(),
        Side::Green => Share::GREEN.tenths() - share.tenths(),
    };
    f64::from(tenths) / 10.0
}

/// The side that a share of all or nothing belongs to.
pub(super) fn whole(share: Share) -> Option<Side> {
    match share {
        Share::BLUE => Some(Side::Blue),
        Share::GREEN => Some(Side::Green),
        _ => None,
    }
}

impl Standing {
    /// Whether this share is brought about, with nothing left over from getting there.
    pub fn is(&self, share: Share) -> bool {
        let settled = whole(share).is_none_or(|side| self.canary.is_none() && self.live == Some(side));
        self.share == share && settled && self.unfinished.is_none()
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "green at {}%", self.share)?;
        if self.canary.is_some() && !self.share.is_split() {
            f.write_str(", with a canary left over")?;
        }
        if self.live != whole(self.share) && !self.share.is_split() {
            f.write_str(", with edits of the API that are not deployed")?;
        }
        match &self.unfinished {
            Some(why) => write!(f, ", {why}"),
            None => Ok(()),
        }
    }
}

/// Where a swap stands on all its stages.
pub type Position = BTreeMap<String, Standing>;

#[cfg(test)]
mod tests;
