//! Every module and every story: its form, that Terraform takes it, and its own tests.

use std::path::Path;

use eksmig_tests::configuration::{Configuration, Laid};
use eksmig_tests::docs::faults::unformatted;
use eksmig_tests::emulator::root;
use eksmig_tests::terraform::Workspace;

use crate::NONE;

/// What makes a suite one that needs nothing.
const MOCKED: &str = "mock_provider \"eksmig\"";

/// What is wrong with the modules and stories among these examples. The suites that move something are run from `tests`.
fn faults(examples: &Path, tests: &Path) -> Vec<String> {
    let rooms = |one: &Configuration| ["modules/", "migrations/"].iter().any(|room| one.folder().starts_with(room));
    let found: Vec<Configuration> = Configuration::all(examples).into_iter().filter(rooms).collect();
    let mut faults: Vec<String> =
        ["modules", "migrations"].iter().flat_map(|room| unformatted(&examples.join(room))).collect();
    for configuration in found {
        let laid = configuration.lay(Workspace::new(), &[]);
        let name = configuration.folder();
        let validated = laid.validate();
        if validated.code != Some(0) {
            faults.push(format!("{name}: terraform validate: {}{}", validated.stdout, validated.stderr));
            continue;
        }
        // A folder below a module or a story is an example of it, or a part.
        if name.matches('/').count() == 1 {
            faults.extend(untested(&configuration, tests));
            faults.extend(failing(&configuration, &laid));
        }
    }
    faults
}

/// The suites that are missing, and those that nothing runs.
fn untested(configuration: &Configuration, tests: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let name = configuration.folder();
    let suites = configuration.suites("tests");
    if suites.is_empty() {
        found.push(format!("{name} has no tests/*.tftest.hcl"));
    }
    let is_module = name.starts_with("modules/");
    let runner = std::fs::read_to_string(tests.join(format!("{}.rs", name.replace('-', "_")))).unwrap_or_default();
    for (suite, text) in &suites {
        if text.contains(MOCKED) {
            continue;
        }
        if is_module {
            found.push(format!("{name}/tests/{suite}.tftest.hcl does not mock the provider: move it to tests/lab"));
        } else if suite != "story" || !runner.contains(".test(") {
            found.push(format!("nothing runs {name}/tests/{suite}.tftest.hcl"));
        }
    }
    for (suite, _) in configuration.suites("tests/lab") {
        if !runner.contains(&format!(".lab(\"{suite}\"")) {
            found.push(format!("nothing runs {name}/tests/lab/{suite}.tftest.hcl"));
        }
    }
    found
}

/// The suites that need nothing and fail.
fn failing(configuration: &Configuration, laid: &Laid) -> Vec<String> {
    let mocked = configuration.suites("tests").into_iter().filter(|(_, text)| text.contains(MOCKED));
    let filters: Vec<String> = mocked.map(|(suite, _)| format!("-filter=tests/{suite}.tftest.hcl")).collect();
    if filters.is_empty() {
        return Vec::new();
    }
    let mut arguments = vec!["test", "-no-color"];
    arguments.extend(filters.iter().map(String::as_str));
    let run = laid.run(&arguments);
    let failed = run.code != Some(0) || !run.stdout.contains("Success!");
    failed
        .then(|| format!("{}: terraform test: {}{}", configuration.folder(), run.stdout, run.stderr))
        .into_iter()
        .collect()
}

fn write(root: &Path, path: &str, text: &str) {
    std::fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
    std::fs::write(root.join(path), text).unwrap();
}

const RIGHT: &str = "terraform {\n  required_providers {\n    eksmig = { source = \"eksmig/eksmig\" }\n  }\n}\n\noutput \"two\" {\n  \
                     value = provider::eksmig::ramp(0, 100, 50)\n}\n";

/// A suite of one assertion.
fn suite(head: &str, condition: &str) -> String {
    format!(
        "{head}run \"a\" {{\n  assert {{\n    condition     = {condition}\n    error_message = \"Not so.\"\n  }}\n}}\n"
    )
}

#[test]
fn all_modules_and_stories_pass_validate_fmt_and_their_own_tests() {
    let folder = tempfile::tempdir().unwrap();
    let (examples, tests) = (folder.path().join("examples"), folder.path().join("tests"));
    let mock = format!("{MOCKED} {{}}\n\n");
    for right in [
        "modules/right",
        "modules/unformatted",
        "modules/failing",
        "modules/lab",
        "migrations/told",
        "migrations/untold",
    ] {
        write(&examples, &format!("{right}/main.tf"), RIGHT);
    }
    write(&examples, "modules/right/tests/unit.tftest.hcl", &suite(&mock, "length(output.two) == 2"));
    write(&examples, "modules/unformatted/main.tf", &RIGHT.replace("  value =", " value   ="));
    write(&examples, "modules/unformatted/tests/unit.tftest.hcl", &suite(&mock, "length(output.two) == 2"));
    write(&examples, "modules/failing/tests/unit.tftest.hcl", &suite(&mock, "length(output.two) == 3"));
    write(&examples, "modules/lab/tests/lab.tftest.hcl", &suite("", "length(output.two) == 2"));
    write(&examples, "modules/lab/tests/lab/some.tftest.hcl", &suite("", "length(output.two) == 2"));
    write(&examples, "modules/untested/main.tf", "output \"one\" {\n  value = 1\n}\n");
    write(
        &examples,
        "modules/untested/examples/bad/main.tf",
        "module \"a\" {\n  source = \"../..\"\n  many   = 2\n}\n",
    );
    write(&examples, "migrations/told/tests/story.tftest.hcl", &suite("", "length(output.two) == 2"));
    write(&examples, "migrations/untold/tests/story.tftest.hcl", &suite("", "length(output.two) == 2"));
    write(&tests, "migrations/told.rs", "story.test(|| ());");
    let found = faults(&examples, &tests);
    let wanted = [
        "unformatted/main.tf",
        "nothing runs migrations/untold/tests/story",
        "modules/failing: terraform test",
        "modules/lab/tests/lab.tftest.hcl does not mock",
        "nothing runs modules/lab/tests/lab/some",
        "modules/untested has no tests",
        "modules/untested/examples/bad: terraform validate",
    ];
    assert_eq!(found.len(), wanted.len(), "{found:#?}");
    for (found, wanted) in found.iter().zip(wanted) {
        assert!(found.contains(wanted), "{wanted}: {found}");
    }

    let found = faults(&root().join("examples"), &root().join("tests"));
    assert_eq!(found, NONE);
}
