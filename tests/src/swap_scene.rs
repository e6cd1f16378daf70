//! A stage of an API, moved between two ports by one `eksmig_nlb_port_swap`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::calls::Call;
use crate::ledger::{Ledger, Side};
use crate::scene::{Scene, Standing};
use crate::stage::Stage;
use crate::swap::Swaps;

/// The one stage.
const PROD: &str = "prod";
/// All requests, in tenths of a percent.
const ALL: i64 = 1000;

/// What is moved, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A REST API with two ports written out, at once.
    Instant,
    /// The same, over a canary.
    Ramp,
    /// A REST API whose port is a variable of the stage, at once.
    Variable,
    /// The same, over a canary.
    VariableRamp,
    /// An HTTP API that is deployed.
    Http,
    /// An HTTP API that deploys by itself.
    HttpAutomatic,
}

/// A stage of one shape.
#[derive(Debug)]
pub struct SwapScene {
    /// The load balancer, the API, and Terraform.
    pub swaps: Swaps,
    shape: Shape,
    api: String,
    steps: Vec<u8>,
}

impl Shape {
    /// Whether all requests move at once.
    fn is_whole(self) -> bool {
        !matches!(self, Shape::Ramp | Shape::VariableRamp)
    }
}

impl SwapScene {
    /// A stage of this shape that serves blue. `name` has 12 characters at most.
    pub fn set(name: &str, shape: Shape, steps: &[u8]) -> Self {
        let swaps = Swaps::new(name);
        let literal = ["http://orders.example:8080/{proxy}", "http://users.example:8080/{proxy}"];
        let variable = ["http://orders.example:${stageVariables.port}/{proxy}"];
        let api = match shape {
            Shape::Instant | Shape::Ramp => swaps.gateway.rest_api(&literal, &[]),
            Shape::Variable | Shape::VariableRamp => swaps.gateway.rest_api(&variable, &[("port", "8080")]),
            Shape::Http => swaps.gateway.http_api(false),
            Shape::HttpAutomatic => swaps.gateway.http_api(true),
        };
        Self { swaps, shape, api, steps: steps.to_vec() }
    }

    /// The API's id.
    pub fn api(&self) -> &str {
        &self.api
    }
}

/// The weights of a stage that has so many tenths of a percent green.
fn weights(green: i64) -> [i64; 2] {
    [ALL - green, green]
}

fn tenths(percent: f64) -> i64 {
    (percent * 10.0).round() as i64
}

impl Scene for SwapScene {
    const TYPE: &'static str = "eksmig_nlb_port_swap";
    const WEIGHTS: &'static str = "stages";
    const WRITES: &'static str = "[UC]*";

    fn stage(&self) -> &Stage {
        &self.swaps.stage
    }

    /// Where all requests move at once, less than half is nothing, and the rest is all.
    fn config(&self, green_weight: u8, on_destroy: Side) -> Value {
        let whole = self.shape.is_whole();
        let green_weight = if whole { green_weight / 50 * 100 } else { green_weight };
        let http = matches!(self.shape, Shape::Http | Shape::HttpAutomatic);
        let (blue, green) = &self.swaps.gateway.listeners;
        json!({
            "rest_api_id": (!http).then_some(&self.api),
            "http_api_id": http.then_some(&self.api),
            "stage_names": [PROD],
            "blue_listener_arn": blue,
            "green_listener_arn": green,
            "green_weight": green_weight.min(100),
            "ramp": (!whole).then(|| json!({"steps": self.steps})),
            "gate": {"poll_interval": "1s"},
            "on_destroy": format!("{on_destroy:?}").to_lowercase(),
        })
    }

    fn standing(&self) -> Standing {
        let (base, canary) = self.swaps.gateway.leads_to(&self.api);
        let greens = |sides: &[String]| match sides {
            [side] if side == "blue" => 0,
            [side] if side == "green" => ALL,
            mixed => panic!("the stage leads to {mixed:?}"),
        };
        let part = canary.map_or(0, |(percent, sides)| tenths(percent) * (greens(&sides) - greens(&base)) / ALL);
        let [blue, green] = weights(greens(&base) + part);
        BTreeMap::from([(PROD.to_owned(), [("blue".to_owned(), blue), ("green".to_owned(), green)].into())])
    }

    fn ledger(&self, calls: &[Call]) -> Ledger {
        let (blue, green) = &self.swaps.gateway.listeners;
        let mut ledger = Ledger::of(calls, blue, green);
        ledger.writes.iter_mut().for_each(|write| PROD.clone_into(&mut write.route));
        ledger
    }

    fn kept(&self, state: &Value) -> BTreeMap<String, [Option<i64>; 2]> {
        let sides = |stage: &Value| match stage["share"].as_f64() {
            Some(percent) => weights(tenths(percent)).map(Some),
            None => [None, None],
        };
        let stages = state[Self::WEIGHTS].as_object().unwrap();
        stages.iter().map(|(name, stage)| (name.clone(), sides(stage))).collect()
    }
}
