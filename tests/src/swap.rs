//! An API in front of a network load balancer, and the HCL that moves it between two ports.

use crate::calls::Call;
use crate::gateway::Gateway;
use crate::stage::Stage;
use crate::terraform::{Run, Workspace};

/// The address of the swap.
pub const ADDRESS: &str = "eksmig_nlb_port_swap.orders";

/// The HCL of a swap of the stage `prod` between blue's listener and green's. `api` is an argument: `rest_api_id = "..."`.
pub fn hcl(api: &str, [blue, green]: [&str; 2], green_weight: f64, more: &str) -> String {
    format!(
        "resource \"eksmig_nlb_port_swap\" \"orders\" {{\n  {api}\n  stage_names = [\"prod\"]\n  \
         blue_listener_arn = {blue:?}\n  green_listener_arn = {green:?}\n  green_weight = {green_weight}\n  \
         {more}\n}}\n"
    )
}

/// The scene of a swap.
#[derive(Debug)]
pub struct Swaps {
    /// The load balancer and its APIs.
    pub gateway: Gateway,
    /// Where Terraform runs.
    pub stage: Stage,
}

impl Swaps {
    /// A load balancer with two healthy sides, and no API yet.
    pub fn new(name: &str) -> Self {
        let gateway = Gateway::new(name);
        let stage = Stage::with(gateway.world.clone(), Workspace::new());
        Self { gateway, stage }
    }

    /// The HCL of a swap. `api` is an argument: `rest_api_id = "..."`.
    pub fn hcl(&self, api: &str, green_weight: f64, more: &str) -> String {
        let (blue, green) = &self.gateway.listeners;
        hcl(api, [blue, green], green_weight, more)
    }

    /// Applies, which must succeed and leave nothing to do.
    #[track_caller]
    pub fn settle(&self, text: &str) -> Run {
        self.stage.workspace.write("main.tf", text);
        let run = self.stage.workspace.apply().expect_success();
        self.stage.workspace.assert_settled();
        run
    }

    /// Applies, which must fail; the text of its errors.
    #[track_caller]
    pub fn fail(&self, text: &str) -> String {
        self.stage.workspace.write("main.tf", text);
        self.stage.workspace.apply().expect_failure()
    }

    /// The provider's calls that change something.
    pub fn writes(&self) -> Vec<Call> {
        self.stage.writes(0)
    }
}
