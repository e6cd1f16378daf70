//! A stage as it serves requests: its deployment, and its canary's beside it.

use std::sync::Arc;

use super::aim::{Aim, Asked, Fault};
use super::lots::Lots;
use super::table::{Found, Table};
use super::told::{Kind, Links, Stage};

/// What a stage serves at one moment.
#[derive(Debug)]
pub struct Served {
    /// What its API is.
    pub kind: Kind,
    /// The VPC links of that moment.
    pub links: Arc<Links>,
    main: Table,
    canary: Option<(f64, Table)>,
}

impl Served {
    /// What a stage serves.
    pub fn new(stage: &Stage, links: &Arc<Links>) -> Self {
        let canary = stage.canary.as_ref();
        Self {
            kind: stage.kind,
            links: Arc::clone(links),
            main: Table::new(stage.kind, &stage.routes),
            canary: canary.map(|canary| (canary.percent, Table::new(stage.kind, &canary.routes))),
        }
    }

    /// The routes for one request. AWS: with a canary it is drawn by lot for each, whoever asks.
    pub fn table(&self, lots: &Lots) -> &Table {
        match &self.canary {
            Some((percent, table)) if lots.percent() < *percent => table,
            _ => &self.main,
        }
    }

    /// The percent of GET requests for a path that go where `is_green` says; none if no request is served.
    pub fn percent(&self, stage: &str, path: &str, is_green: impl Fn(&Aim) -> bool) -> Option<f64> {
        let green = |table: &Table| -> Option<bool> {
            let Found { integration, captures } = table.find("GET", path)?;
            let headers = &hyper::HeaderMap::new();
            let asked = Asked { kind: self.kind, stage, path, query: None, headers, captures: &captures };
            let aim: Result<Aim, Fault> = Aim::of(integration, &self.links, &asked);
            Some(aim.is_ok_and(|aim| is_green(&aim)))
        };
        let of = |table: &Table| green(table).map(|green| if green { 100.0 } else { 0.0 });
        let main = of(&self.main);
        match &self.canary {
            None => main,
            Some((percent, table)) => {
                Some(main.unwrap_or_default() * (100.0 - percent) / 100.0 + of(table)? * percent / 100.0)
            }
        }
    }
}
