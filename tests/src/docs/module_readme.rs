//! A module's README: by hand around, and in the form of terraform-docs between two marks.

use std::fmt::Write as _;
use std::path::Path;

use super::hcl::{Block, blocks, fields};
use crate::configuration::sources;

/// Where the generated part begins and ends, as terraform-docs has it.
const MARKS: [&str; 2] = ["<!-- BEGIN_TF_DOCS -->", "<!-- END_TF_DOCS -->"];
/// Where the modules are.
const MODULES: &str = "examples/modules";
/// The pages of the provider's types, from a module.
const PAGES: &str = "../../../docs";

/// What versions are required, by name.
type Versions = Vec<(String, String)>;

/// The READMEs of the modules of the project in this folder, as they are to be, by their paths.
///
/// # Errors
///
/// Everything that is missing to make them.
pub fn readmes(root: &Path) -> Result<Vec<(String, String)>, Vec<String>> {
    let mut folders: Vec<String> = std::fs::read_dir(root.join(MODULES))
        .map_err(|error| vec![format!("{MODULES}: {error}")])?
        .filter_map(|entry| Some(format!("{MODULES}/{}", entry.ok()?.file_name().to_string_lossy())))
        .collect();
    folders.sort();
    let made = folders.iter().map(|folder| {
        let path = format!("{folder}/README.md");
        let text = std::fs::read_to_string(root.join(&path)).map_err(|error| format!("{path} is missing ({error})"))?;
        let [begin, end] = MARKS;
        let parts = text.split_once(begin).and_then(|(before, rest)| Some((before, rest.split_once(end)?.1)));
        let (before, after) = parts.ok_or_else(|| format!("{path} has no {begin} and {end}"))?;
        Ok((path, format!("{before}{begin}\n{}{end}{after}", tables(&root.join(folder)))))
    });
    let (made, missing): (Vec<_>, Vec<_>) = made.partition(Result::is_ok);
    let missing: Vec<String> = missing.into_iter().filter_map(Result::err).collect();
    if missing.is_empty() { Ok(made.into_iter().flatten().collect()) } else { Err(missing) }
}

/// The tables of the module in a folder.
pub fn tables(folder: &Path) -> String {
    let text: String = sources(folder).iter().map(|path| std::fs::read_to_string(path).unwrap_or_default()).collect();
    let blocks = blocks(&text);
    let of = |kind: &str| blocks.iter().filter(|block| block.kind == kind).cloned().collect::<Vec<_>>();
    let (required, providers) = requirements(&of("terraform"));
    let used: Vec<_> = providers
        .into_iter()
        .filter(|(name, _)| {
            let prefix = format!("{name}_");
            blocks
                .iter()
                .any(|block| block.labels.len() == 2 && block.labels.iter().any(|label| label.starts_with(&prefix)))
                || text.contains(&format!("provider::{name}::"))
        })
        .collect();
    let mut page = String::new();
    section(&mut page, "Requirements", &["Name", "Version"], &named("requirement", &required));
    section(&mut page, "Providers", &["Name", "Version"], &named("provider", &used));
    section(&mut page, "Modules", &["Name", "Source", "Version"], &modules(&of("module")));
    section(&mut page, "Resources", &["Name", "Type"], &resources(&of("resource"), &of("data")));
    section(&mut page, "Inputs", &["Name", "Description", "Type", "Default", "Required"], &inputs(&of("variable")));
    section(&mut page, "Outputs", &["Name", "Description"], &outputs(&of("output")));
    page
}

fn section(page: &mut String, title: &str, head: &[&str], rows: &[Vec<String>]) {
    let _ = write!(page, "\n## {title}\n\n");
    if rows.is_empty() {
        let _ = writeln!(page, "No {}.", title.to_lowercase());
        return;
    }
    let rules: Vec<_> = head.iter().map(|name| if *name == "Required" { ":------:" } else { "------" }).collect();
    let _ = writeln!(page, "| {} |\n|{}|", head.join(" | "), rules.join("|"));
    for row in rows {
        let _ = writeln!(page, "| {} |", row.join(" | "));
    }
}

/// What is required of Terraform and of each provider, and the providers alone.
fn requirements(terraform: &[Block]) -> (Versions, Versions) {
    let unquoted = |text: &str| text.trim_matches('"').to_owned();
    let own = terraform.iter().filter_map(|block| Some(("terraform".to_owned(), block.string("required_version")?)));
    let providers: Versions = terraform
        .iter()
        .flat_map(|block| block.blocks("required_providers"))
        .flat_map(|block| block.attributes())
        .map(|(name, object)| {
            let version = fields(&object).into_iter().find(|(field, _)| field == "version");
            (name, version.map_or("n/a".to_owned(), |(_, version)| unquoted(&version)))
        })
        .collect();
    (own.chain(providers.clone()).collect(), providers)
}

fn named(what: &str, versions: &[(String, String)]) -> Vec<Vec<String>> {
    versions.iter().map(|(name, version)| vec![anchored(what, name), version.clone()]).collect()
}

fn modules(modules: &[Block]) -> Vec<Vec<String>> {
    let row = |block: &Block| {
        let version = block.string("version").unwrap_or_else(|| "n/a".to_owned());
        vec![anchored("module", &block.labels.join(".")), block.string("source").unwrap_or_default(), version]
    };
    modules.iter().map(row).collect()
}

fn resources(resources: &[Block], sources: &[Block]) -> Vec<Vec<String>> {
    let row = |block: &Block, folder: &str, what: &str| {
        let kind = block.labels.first().map(String::as_str).unwrap_or_default();
        let page = kind.split_once('_').map_or(kind, |(_, page)| page);
        vec![format!("[{}]({PAGES}/{folder}/{page}.md)", block.labels.join(".")), what.to_owned()]
    };
    let resources = resources.iter().map(|block| row(block, "resources", "resource"));
    resources.chain(sources.iter().map(|block| row(block, "data-sources", "data source"))).collect()
}

fn inputs(variables: &[Block]) -> Vec<Vec<String>> {
    let row = |block: &Block| {
        let default = block.attribute("default");
        let required = if default.is_some() { "no" } else { "yes" };
        vec![
            anchored("input", &block.labels.join(".")),
            cell(&block.string("description").unwrap_or_default()),
            code(&block.attribute("type").unwrap_or_else(|| "any".to_owned())),
            default.map_or("n/a".to_owned(), |default| code(&default)),
            required.to_owned(),
        ]
    };
    variables.iter().map(row).collect()
}

fn outputs(outputs: &[Block]) -> Vec<Vec<String>> {
    let row = |block: &Block| {
        vec![anchored("output", &block.labels.join(".")), cell(&block.string("description").unwrap_or_default())]
    };
    outputs.iter().map(row).collect()
}

fn anchored(what: &str, name: &str) -> String {
    format!("<a name=\"{what}_{name}\"></a> [{name}](#{what}_{name})")
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', "<br/>")
}

fn code(expression: &str) -> String {
    match expression.contains('\n') {
        true => format!("<pre>{}</pre>", cell(expression)),
        false => format!("`{}`", cell(expression)),
    }
}
