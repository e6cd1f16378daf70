//! What each crate brings with it, as cargo tells.

use std::process::Command;

use eksmig_tests::emulator::root;

/// The crates in a package's tree, as `name` and `version`, itself included.
fn tree(package: &str) -> Vec<(String, String)> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["tree", "--package", package, "--edges", "normal", "--prefix", "none", "--format", "{p}", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found = parsed(&String::from_utf8(output.stdout).unwrap());
    assert!(found.iter().any(|(name, _)| name == package));
    found
}

fn parsed(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = text
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some((words.next()?.to_owned(), words.next()?.trim_start_matches('v').to_owned()))
        })
        .collect();
    found.sort();
    found.dedup();
    found
}

/// The crates whose name is one of these or starts with one of these and a dash.
fn having(tree: &[(String, String)], families: &[&str]) -> Vec<String> {
    let of = |name: &str, family: &str| name == family || name.starts_with(&format!("{family}-"));
    let found = tree.iter().filter(|(name, _)| families.iter().any(|family| of(name, family)));
    found.map(|(name, version)| format!("{name} {version}")).collect()
}

/// The crates of a second TLS stack, of a second crypto provider, or too large to build.
fn unwanted(tree: &[(String, String)]) -> Vec<String> {
    // openssl-probe only knows where certificates lie.
    let tree: Vec<_> = tree.iter().filter(|(name, _)| name != "openssl-probe").cloned().collect();
    let mut found = having(&tree, &["ring", "openssl", "native-tls", "schannel", "aws-sdk-ec2", "tf-provider"]);
    for (name, version) in &tree {
        let number =
            |place: usize| version.split('.').nth(place).and_then(|part| part.parse::<u32>().ok()).unwrap_or(0);
        let old = match name.as_str() {
            "hyper" => number(0) == 0,
            "rustls" => number(0) == 0 && number(1) < 23,
            "h2" => number(0) == 0 && number(1) < 4,
            _ => false,
        };
        if old {
            found.push(format!("{name} {version}"));
        }
    }
    found
}

const AWS: [&str; 6] = ["aws-sdk", "aws-config", "aws-smithy", "aws-types", "aws-runtime", "aws-sigv4"];
const PLUGIN: [&str; 3] = ["tonic", "prost", "tfplugin"];
const NONE: [String; 0] = [];

#[test]
fn the_checkers_see_what_they_look_for() {
    let tree = parsed(
        "a v0.1.0 (/somewhere)\nring v0.17.8\nhyper v0.14.30\nhyper v1.6.0\nrustls v0.21.1\ntonic-prost v0.14.0\naws-lc-rs v1.19.0\n",
    );
    assert_eq!(unwanted(&tree), ["ring 0.17.8", "hyper 0.14.30", "rustls 0.21.1"]);
    assert_eq!(having(&tree, &PLUGIN), ["tonic-prost 0.14.0"]);
    assert_eq!(having(&tree, &AWS), NONE, "the crypto library is no AWS client");
}

#[test]
fn core_knows_no_terraform() {
    let tree = tree("eksmig-core");
    assert_eq!(having(&tree, &PLUGIN), NONE);
    assert_eq!(having(&tree, &["terraform-provider-eksmig", "eksmig-tests"]), NONE);
}

#[test]
fn tfplugin_knows_no_aws_and_none_of_ours() {
    let tree = tree("tfplugin");
    assert_eq!(having(&tree, &AWS), NONE);
    assert_eq!(having(&tree, &["eksmig", "terraform-provider-eksmig"]), NONE);
}

#[test]
fn there_is_one_tls_stack_and_one_crypto_provider() {
    let tree = tree("terraform-provider-eksmig");
    assert_eq!(unwanted(&tree), NONE);
}
