//! The modules' READMEs: their tables are what the modules say, and their examples what Terraform takes.

use std::path::Path;

use eksmig_tests::configuration::Configuration;
use eksmig_tests::docs::faults::{broken_links, outdated};
use eksmig_tests::docs::module_readme::{readmes, tables};
use eksmig_tests::emulator::root;

use crate::NONE;

fn write(root: &Path, path: &str, text: &str) {
    std::fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
    std::fs::write(root.join(path), text).unwrap();
}

#[test]
fn the_tables_are_what_the_modules_say() {
    let folder = tempfile::tempdir().unwrap();
    let text = "terraform {\n  required_version = \">= 1.8\"\n  required_providers {\n    eksmig = {\n      source  = \"e/e\"\n      \
                version = \">= 0.1\"\n    }\n  }\n}\n\nvariable \"a_b\" {\n  description = \"This | that.\"\n  type = object({\n    c = \
                string\n  })\n}\n\nvariable \"d\" {\n  type    = bool\n  default = true\n}\n\nmodule \"m\" {\n  source = \"../m\"\n}\n\n\
                data \"eksmig_routes\" \"r\" {}\n\noutput \"o\" {\n  description = \"Out.\"\n  value       = 1\n}\n";
    write(folder.path(), "examples/modules/one/main.tf", text);
    let said = tables(&folder.path().join("examples/modules/one"));
    for row in [
        "| <a name=\"requirement_terraform\"></a> [terraform](#requirement_terraform) | >= 1.8 |",
        "| <a name=\"provider_eksmig\"></a> [eksmig](#provider_eksmig) | >= 0.1 |",
        "| <a name=\"module_m\"></a> [m](#module_m) | ../m | n/a |",
        "| [eksmig_routes.r](../../../docs/data-sources/routes.md) | data source |",
        "| <a name=\"input_a_b\"></a> [a_b](#input_a_b) | This \\| that. | <pre>object({<br/>  c = string<br/>})</pre> | n/a | yes |",
        "| <a name=\"input_d\"></a> [d](#input_d) |  | `bool` | `true` | no |",
        "| <a name=\"output_o\"></a> [o](#output_o) | Out. |",
    ] {
        assert!(said.lines().any(|line| line == row), "{row}\n{said}");
    }
    assert_eq!(readmes(folder.path()).unwrap_err().len(), 1);
    write(
        folder.path(),
        "examples/modules/one/README.md",
        "# One\n<!-- BEGIN_TF_DOCS -->\nold\n<!-- END_TF_DOCS -->\nend\n",
    );
    let made = readmes(folder.path()).unwrap();
    assert!(made[0].1.starts_with("# One\n") && made[0].1.ends_with("\nend\n") && !made[0].1.contains("old"));
    assert!(
        outdated(folder.path(), &made)[0]
            .contains("README.md differs from the module, first in line 3: run `make docs`")
    );

    let made = readmes(&root()).unwrap();
    assert!(made.len() > 1);
    assert_eq!(outdated(&root(), &made), NONE);
}

#[test]
fn the_readmes_show_the_examples_and_their_links_lead_somewhere() {
    let made = readmes(&root()).unwrap();
    assert_eq!(broken_links(&root(), &made), NONE);
    for (path, text) in &made {
        let folder = root().join(path).parent().unwrap().join("examples");
        let examples = Configuration::all(&folder);
        assert!(!examples.is_empty(), "{path}: there is no example");
        for example in examples {
            let example = std::fs::read_to_string(example.path().join("main.tf")).unwrap();
            assert!(
                text.contains(&format!("```terraform\n{}\n```", example.trim())),
                "{path} does not show its example"
            );
        }
    }
}
