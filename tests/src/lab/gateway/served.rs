//! A stage as it serves requests: its deployment, and its canary's beside it.

use std::sync::Arc;

use super::aim::{Aim, Asked};
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

    /// The percent of all GET requests for a path that go where `is_green` says; none if nothing is made for the path.
    pub fn percent(&self, stage: &str, path: &str, is_green: impl Fn(&Aim) -> bool) -> Option<f64> {
        let green = |table: &Table| -> Option<f64> {
            let Found { integration, captures } = table.find("GET", path)?;
            let headers = &hyper::HeaderMap::new();
            let asked = Asked { kind: self.kind, stage, path, query: None, headers, captures: &captures };
            let goes = Aim::of(integration, &self.links, &asked).is_ok_and(|aim| is_green(&aim));
            Some(if goes { 1.0 } else { 0.0 })
        };
        let main = green(&self.main);
        let Some((percent, canary)) = &self.canary else { return main.map(|part| part * 100.0) };
        let canary = green(canary);
        main.or(canary)?;
        Some(main.unwrap_or_default() * (100.0 - percent) + canary.unwrap_or_default() * percent)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::lab::gateway::aim::Via;
    use crate::lab::gateway::told::{Canary, Integration, Link, Route};

    /// A route for orders to a listener; the one with green in its name is green's.
    fn orders(listener: &str) -> Vec<Route> {
        let integration = Integration {
            kind: "HTTP_PROXY".to_owned(),
            uri: Some(format!("arn:aws:elasticloadbalancing:eu-west-1:1:listener/net/nlb/{listener}")),
            connection_type: Some("VPC_LINK".to_owned()),
            connection_id: Some("link".to_owned()),
            ..Integration::default()
        };
        vec![Route { key: "GET /orders".to_owned(), integration, ..Route::default() }]
    }

    fn served(main: Vec<Route>, canary: Option<(f64, Vec<Route>)>) -> Served {
        let link = Link { status: "AVAILABLE".to_owned(), balancers: Vec::new() };
        let links = Arc::new(BTreeMap::from([("link".to_owned(), link)]));
        let canary = canary.map(|(percent, routes)| Canary { percent, variables: BTreeMap::new(), routes });
        let stage = Stage { kind: Kind::Http, deployment: None, variables: BTreeMap::new(), routes: main, canary };
        Served::new(&stage, &links)
    }

    #[test]
    fn the_percent_is_that_of_both_deployments_together() {
        let check = |main: Vec<Route>, canary: Option<(f64, Vec<Route>)>, expect: Option<f64>| {
            let is_green = |aim: &Aim| matches!(&aim.via, Via::Listener(arn) if arn.contains("green"));
            assert_eq!(served(main, canary).percent("$default", "/orders", is_green), expect);
        };
        check(orders("blue"), None, Some(0.0));
        check(orders("green"), None, Some(100.0));
        check(orders("blue"), Some((10.0, orders("green"))), Some(10.0));
        check(orders("green"), Some((10.0, orders("blue"))), Some(90.0));
        check(orders("green"), Some((10.0, orders("green"))), Some(100.0));
        check(orders("green"), Some((10.0, Vec::new())), Some(90.0));
        check(Vec::new(), Some((10.0, orders("green"))), Some(10.0));
        check(Vec::new(), Some((10.0, Vec::new())), None);
        check(Vec::new(), None, None);
    }

    #[test]
    fn a_lot_below_the_percent_is_the_canarys() {
        let drawn = |percent: f64| {
            let (served, lots) = (served(orders("blue"), Some((percent, Vec::new()))), Lots::new(1));
            (0..1000).filter(|_| served.table(&lots).find("GET", "/orders").is_none()).count()
        };
        assert_eq!((drawn(0.0), drawn(100.0)), (0, 1000));
        // Four standard errors.
        assert!(drawn(20.0).abs_diff(200) <= 51, "{}", drawn(20.0));
    }
}
