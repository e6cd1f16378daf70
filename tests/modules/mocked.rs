//! A suite with a mocked provider needs nothing, neither credentials nor AWS.

use eksmig_tests::configuration::Configuration;
use eksmig_tests::emulator::root;
use eksmig_tests::stage::{Stage, secret_key};
use eksmig_tests::terraform::{Run, Workspace};
use eksmig_tests::types;

/// Runs a module's suite where every call of the provider's would reach the emulator.
fn run(stage: &Stage, module: &Configuration, suite: &str) -> Run {
    let (endpoint, secret) = (stage.world.emulator().endpoint(), secret_key(&stage.access_key));
    let environment = [
        ("AWS_ENDPOINT_URL", endpoint.as_str()),
        ("AWS_REGION", stage.world.region()),
        ("AWS_ACCESS_KEY_ID", &stage.access_key),
        ("AWS_SECRET_ACCESS_KEY", &secret),
    ];
    let laid = module.lay(Workspace::new(), &environment);
    laid.validate().expect_success();
    types::of(&module.path()).iter().for_each(|name| stage.workspace.note(name));
    laid.run(&["test", "-no-color", &format!("-filter=tests/{suite}.tftest.hcl")])
}

#[test]
fn a_mocked_provider_calls_nothing() {
    let stage = Stage::new("mocked");
    let examples = root().join("examples");
    let module = Configuration::of(&examples, "modules/service-shift");

    // The same without the mock does call.
    let folder = tempfile::tempdir().unwrap();
    let [path, bare] = [examples.join(module.folder()), folder.path().join(module.folder())];
    std::fs::create_dir_all(bare.join("tests")).unwrap();
    for file in ["main.tf", "outputs.tf", "variables.tf", "versions.tf"] {
        std::fs::copy(path.join(file), bare.join(file)).unwrap();
    }
    let suite = std::fs::read_to_string(path.join("tests/unit.tftest.hcl")).unwrap();
    let real = suite.replace("mock_provider \"eksmig\" {\n  source = \"./tests/mocks\"\n}\n", "");
    assert_ne!(real, suite);
    std::fs::write(bare.join("tests/unit.tftest.hcl"), real).unwrap();
    assert_eq!(run(&stage, &Configuration::of(folder.path(), module.folder()), "unit").code, Some(1));
    assert!(!stage.calls(0).is_empty());

    let mark = stage.mark();
    for module in ["modules/service-shift", "modules/migration"] {
        let run = run(&stage, &Configuration::of(&examples, module), "unit");
        assert_eq!(run.code, Some(0), "{run:#?}");
    }
    assert_eq!(stage.calls(mark).len(), 0);
}
