//! A data source `eksmig_preflight.all` in a scene.

use std::collections::BTreeSet;

use eksmig_tests::service::Service;
use eksmig_tests::stage::Stage;
use serde_json::Value;

/// Where it is.
pub const ADDRESS: &str = "data.eksmig_preflight.all";

/// The data source with these arguments.
pub fn preflight(arguments: &str) -> String {
    format!("data \"eksmig_preflight\" \"all\" {{\n  {arguments}\n}}\n")
}

/// The argument that names the pair of a service.
pub fn pair(service: &Service) -> String {
    format!(
        "target_group_pairs = {{\n    orders = {{ blue_target_group_arn = {:?}, green_target_group_arn = {:?} }}\n  }}",
        service.blue.arn, service.green.arn
    )
}

/// What it finds, which must not fail and must be the same when asked again.
#[track_caller]
pub fn look(stage: &Stage, arguments: &str) -> Value {
    stage.workspace.write("main.tf", &preflight(arguments));
    stage.workspace.apply().expect_success();
    stage.workspace.assert_settled();
    stage.workspace.values(ADDRESS)
}

/// The codes of its findings with this severity.
pub fn codes(found: &Value, severity: &str) -> BTreeSet<String> {
    let findings = found["findings"].as_array().unwrap().iter().filter(|one| one["severity"] == severity);
    findings.map(|one| one["code"].as_str().unwrap().to_owned()).collect()
}

/// The first finding with this code.
#[track_caller]
pub fn finding<'a>(found: &'a Value, code: &str) -> &'a Value {
    let mut findings = found["findings"].as_array().unwrap().iter();
    findings.find(|one| one["code"] == code).unwrap_or_else(|| panic!("no {code} in {found:#}"))
}

/// A set of these codes.
pub fn set(codes: &[&str]) -> BTreeSet<String> {
    codes.iter().map(|code| (*code).to_owned()).collect()
}
