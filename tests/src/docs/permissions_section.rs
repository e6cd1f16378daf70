//! The policies and the roles of all types, from the files beside their examples.

use std::collections::{BTreeMap, BTreeSet};

use eksmig_provider::Eksmig;
use tfplugin::Provider;

use super::examples::Examples;
use super::page::fenced;
use super::resource_page::{actions, short};

/// A type and the folder of its example.
struct Kind {
    name: String,
    /// Its page, from a guide.
    page: String,
    folder: String,
}

fn kinds() -> Vec<Kind> {
    let eksmig = Eksmig::new();
    let kind = |folder: &str, shown: &str, name: &str| Kind {
        name: format!("{shown}{name}"),
        page: format!("../{folder}/{}.md", short(eksmig.name(), name)),
        folder: format!("{folder}/{name}"),
    };
    let (resources, sources) = (eksmig.resources(), eksmig.data_sources());
    let resources = resources.iter().map(|resource| kind("resources", "", resource.type_name()));
    resources.chain(sources.iter().map(|source| kind("data-sources", "data.", source.type_name()))).collect()
}

/// The policy of each type, which types need an action, and the roles in clusters.
///
/// # Errors
///
/// What is missing to make it.
pub fn section(examples: &Examples) -> Result<String, String> {
    let mut users: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let (mut policies, mut roles) = (String::new(), String::new());
    for Kind { name, page, folder } in kinds() {
        let policy = examples.read(&format!("{folder}/iam.json"))?;
        for action in actions(&policy)? {
            users.entry(action).or_default().insert(format!("`{name}`"));
        }
        policies += &format!("### {name}\n\n[Its page]({page})\n\n{}\n", fenced("json", &policy));
        if let Some(role) = examples.role(&folder)? {
            roles += &format!("### {name} in a cluster\n\n{}\n", fenced("yaml", &role));
        }
    }
    let row = |(action, names): (&String, &BTreeSet<String>)| {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        format!("| `{action}` | {} |\n", names.join(", "))
    };
    let rows: String = users.iter().map(row).collect();
    Ok(format!(
        "## Policies\n\n{policies}## Who needs an action\n\n| action | needed by |\n|---|---|\n{rows}\n## In clusters\n\n\
         Each is bound to the user or group that the token or the EKS access entry stands for, in every cluster that is \
         named.\n\n{roles}"
    ))
}
