//! One test's whole scene: a world, a workspace whose provider acts in it, and the calls that the provider made.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::calls::Call;
use crate::emulator::Emulator;
use crate::patience::until;
use crate::policy;
use crate::shift::Shift;
use crate::terraform::{Run, Workspace};
use crate::world::{TargetGroup, World};

/// Where the provider comes from, in HCL.
pub const REQUIRED: &str = "terraform {\n  required_providers {\n    eksmig = { source = \"eksmig/eksmig\" }\n  }\n}\n";

/// A world and a workspace that looks at it.
#[derive(Debug)]
pub struct Stage {
    /// What exists in AWS.
    pub world: World,
    /// Where Terraform runs.
    pub workspace: Workspace,
    /// The access key that the provider signs its calls with, and nobody else does.
    pub access_key: String,
}

impl Stage {
    /// A new scene. `name` starts the names of all it makes; 12 characters at most.
    pub fn new(name: &str) -> Self {
        Self::with(World::new(name), Workspace::new())
    }

    /// A scene of these parts.
    pub fn with(world: World, workspace: Workspace) -> Self {
        let access_key = format!("PROVIDER{}", world.name().replace('-', ""));
        world.emulator().permit(&access_key, &policy::of_all());
        let stage = Self { world, workspace, access_key };
        stage.configure("");
        stage
    }

    /// Writes the provider's configuration, with these arguments besides.
    pub fn configure(&self, arguments: &str) {
        self.workspace
            .write("provider.tf", &provider(self.world.emulator(), &self.access_key, self.world.region(), arguments));
    }

    /// The provider's block, for a configuration that says itself where the provider comes from.
    pub fn provider_block(&self) -> String {
        block(self.world.emulator(), &self.access_key, self.world.region(), "")
    }

    /// Writes the configuration of these shifts, in place of the one before.
    pub fn write(&self, shifts: &[&Shift]) {
        let text: Vec<String> = shifts.iter().map(ToString::to_string).collect();
        self.workspace.write("main.tf", &text.join("\n"));
    }

    /// Applies a shift, which must succeed and leave nothing to do.
    #[track_caller]
    pub fn settle(&self, shift: &Shift) -> Run {
        self.write(&[shift]);
        let run = self.workspace.apply().expect_success();
        self.workspace.assert_settled();
        run
    }

    /// Applies a shift, which must fail; the text of its errors.
    #[track_caller]
    pub fn fail(&self, shift: &Shift) -> String {
        self.write(&[shift]);
        self.workspace.apply().expect_failure()
    }

    /// The number of the last call that the provider made so far.
    pub fn mark(&self) -> u64 {
        self.calls(0).last().map_or(0, |call| call.number)
    }

    /// The provider's calls after this number.
    pub fn calls(&self, since: u64) -> Vec<Call> {
        self.world.emulator().calls(&self.access_key, since)
    }

    /// The actions in IAM that the provider's calls needed so far.
    pub fn actions(&self) -> BTreeSet<String> {
        self.world.emulator().actions(&self.access_key)
    }

    /// The provider's calls after this number that change something.
    pub fn writes(&self, since: u64) -> Vec<Call> {
        self.calls(since).into_iter().filter(Call::writes).collect()
    }

    /// Green's percents that the provider wrote to a route after this number, as AWS took them, without repetitions.
    pub fn written(&self, since: u64, route: &str, blue: &TargetGroup, green: &TargetGroup) -> Vec<f64> {
        let writes = self.writes(since).into_iter().filter(|call| call.succeeded() && call.route() == Some(route));
        let mut percents: Vec<f64> = writes.map(|call| call.green_percent(&blue.arn, &green.arn)).collect();
        percents.dedup();
        percents
    }

    /// Waits until green has this percent of a route.
    #[track_caller]
    pub fn wait_for_percent(&self, route: &str, blue: &TargetGroup, green: &TargetGroup, percent: f64) {
        let limit = Duration::from_secs(60);
        let what = format!("green share of {percent} % on {route}");
        until(limit, &what, || (self.world.green_percent(route, blue, green) == percent).then_some(()));
    }
}

impl Drop for Stage {
    /// In no test does a provider call what the pages of the types that the test uses do not list.
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let (actions, types) = (self.actions(), self.workspace.types());
        let unlisted = policy::unlisted(&actions, &types);
        assert!(unlisted.is_empty(), "called, and in no iam.json of {types:?}: {unlisted:?}");
    }
}

/// The configuration of a provider that acts in an emulator, in HCL, and where it comes from.
pub fn provider(emulator: &Emulator, access_key: &str, region: &str, arguments: &str) -> String {
    format!("{REQUIRED}\n{}", block(emulator, access_key, region, arguments))
}

/// The configuration of a provider that acts in an emulator, in HCL.
fn block(emulator: &Emulator, access_key: &str, region: &str, arguments: &str) -> String {
    let (endpoint, secret) = (emulator.endpoint(), secret_key(access_key));
    format!(
        r#"provider "eksmig" {{
  region     = "{region}"
  access_key = "{access_key}"
  secret_key = "{secret}"
  endpoints  = {{ elbv2 = "{endpoint}", cloudwatch = "{endpoint}", route53 = "{endpoint}",
                 apigateway = "{endpoint}", apigatewayv2 = "{endpoint}", autoscaling = "{endpoint}", eks = "{endpoint}", sts = "{endpoint}" }}
  {arguments}
}}
"#
    )
}

/// The secret key that goes with an access key, which nothing may show.
pub fn secret_key(access_key: &str) -> String {
    format!("secret-key-of-{access_key}")
}
