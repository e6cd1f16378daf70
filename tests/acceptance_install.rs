//! From `make install`, or from a packed release, to an apply: as a user on a Monday would, with nothing at hand but the
//! README's HCL, and no network beyond loopback.

use std::path::Path;
use std::process::Command;

use aws_sdk_elasticloadbalancingv2::types::ProtocolEnum;
use eksmig_tests::emulator::root;
use eksmig_tests::provider_binary;
use eksmig_tests::terraform::{Workspace, platform};
use eksmig_tests::world::{World, forward, path};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Runs a command at the top of the project, with the settings of whoever runs the tests; what it said.
#[track_caller]
fn run(command: &mut Command) -> String {
    let output = command.current_dir(root()).env_remove("MAKEFLAGS").env_remove("MAKELEVEL").output().unwrap();
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap()).concat();
    assert!(output.status.success(), "{command:?}: {said}");
    said
}

/// A folder in which there is nothing yet, and from which only loopback can be reached.
fn empty_folder(settings: &str) -> Workspace {
    let mut workspace = Workspace::with_settings(settings);
    for name in ["HTTP_PROXY", "HTTPS_PROXY"] {
        workspace.set(name, "http://127.0.0.1:9");
    }
    workspace.set("NO_PROXY", "127.0.0.1,localhost");
    workspace
}

/// The HCL under the README's heading.
fn readme() -> String {
    let text = std::fs::read_to_string(root().join("README.md")).unwrap();
    let section = text.split("\n## Use it\n").nth(1).unwrap();
    section.split("```terraform\n").nth(1).unwrap().split("```").next().unwrap().to_owned()
}

/// Installed and on its way, without a word of settings.
#[test]
fn what_make_install_installs_works_with_the_hcl_of_the_readme_alone() {
    let world = World::in_region("install", "eu-west-1");
    let (blue, green) = (world.target_group("blue"), world.target_group("green"));
    let listener =
        world.listener(&world.application_balancer("edge"), ProtocolEnum::Http, 80, vec![forward(&[(&blue, 100)])]);
    let rule = world.rule(&listener, 1, vec![path("/orders/*")], vec![forward(&[(&blue, 100)])]);

    let mut workspace = empty_folder("disable_checkpoint = true\n");
    let plugins = workspace.path().join(".terraform.d/plugins");
    let said = run(Command::new("make").args(["install", "PROFILE=dev", &format!("PLUGINS={}", plugins.display())]));
    assert!(said.contains(&plugins.display().to_string()), "{said}");

    let access_key = format!("README{}", world.name().replace('-', ""));
    for (name, value) in [
        ("AWS_ENDPOINT_URL", world.emulator().endpoint().as_str()),
        ("AWS_ACCESS_KEY_ID", &access_key),
        ("AWS_SECRET_ACCESS_KEY", "emulated"),
    ] {
        workspace.set(name, value);
    }
    workspace.write("main.tf", &readme());
    let service = format!("{{ route_arns = [{rule:?}], blue = {:?}, green = {:?} }}", blue.arn, green.arn);
    workspace.write("terraform.tfvars", &format!("services = {{ orders = {service} }}\n"));
    workspace.run(&["init", "-input=false", "-no-color"]).expect_success();
    workspace.plan().expect_changes();
    workspace.apply_plan().expect_success();
    workspace.assert_settled();
    assert_eq!(world.green_percent(&rule, &blue, &green), 0.0);

    let next = ["plan", "-json", "-input=false", "-out=plan", "-var=green_weight=100"];
    workspace.run(&next).expect_success();
    let change = workspace.change("eksmig_weighted_shift.service[\"orders\"]");
    assert_eq!(change["after"]["minimum_duration"], "20m", "{change:#}");
}

/// Packs a release of this platform, from the build that the tests use.
fn pack(out: &Path) -> String {
    let mut command = Command::new(".ci/release");
    run(command.args(["--platform", platform(), "--binary"]).arg(provider_binary::path()).arg("--out").arg(out))
}

/// The registries' layout: zips, manifest and sums; and Terraform takes the zip.
#[test]
fn a_packed_release_is_what_a_registry_hands_out() {
    let workspace = empty_folder(
        "disable_checkpoint = true\nprovider_installation {\n  filesystem_mirror {\n    path = \"./mirror\"\n  }\n}\n",
    );
    let out = workspace.path().join("mirror/registry.terraform.io/eksmig/eksmig");
    let said = pack(&out);
    assert!(said.contains("not signed"), "{said}");

    let name = format!("terraform-provider-eksmig_{VERSION}");
    let platform = platform();
    let manifest = std::fs::read_to_string(out.join(format!("{name}_manifest.json"))).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!(manifest, serde_json::json!({ "version": 1, "metadata": { "protocol_versions": ["6.0"] } }));
    let checked = run(Command::new("sh").arg("-c").arg(format!("cd {:?} && sha256sum --check {name}_SHA256SUMS", out)));
    for file in [format!("{name}_{platform}.zip"), format!("{name}_manifest.json")] {
        assert!(checked.contains(&format!("{file}: OK")), "{checked}");
    }

    workspace.write("main.tf", &readme());
    workspace.run(&["init", "-input=false", "-no-color"]).expect_success();
    let version = workspace.run(&["version", "-json"]).expect_success().stdout;
    assert!(version.contains(&format!("\"registry.terraform.io/eksmig/eksmig\": \"{VERSION}\"")), "{version}");
}

/// The same build makes the same zip, whenever it is packed.
#[test]
fn packing_twice_makes_the_same_release() {
    let folders = [(); 2].map(|()| tempfile::TempDir::with_prefix("eksmig-").unwrap());
    let sums = folders.map(|folder| {
        pack(folder.path());
        let sums = folder.path().join(format!("terraform-provider-eksmig_{VERSION}_SHA256SUMS"));
        std::fs::read_to_string(sums).unwrap()
    });
    assert_eq!(sums[0], sums[1]);
}
