//! The page of a resource.

use serde_json::Value;
use tfplugin::Resource;

use super::examples::Examples;
use super::page::{Page, fenced};
use super::schema_section;

/// The page of a resource, from its schema and its examples.
///
/// # Errors
///
/// What is missing to make it.
pub fn page(provider: &str, resource: &dyn Resource, examples: &Examples) -> Result<Page, String> {
    let (schema, name) = (resource.schema(), resource.type_name());
    let folder = format!("resources/{name}");
    let example = examples.read(&format!("{folder}/resource.tf"))?;
    let about = examples.read(&format!("{folder}/about.md"))?;
    let import = examples.read(&format!("{folder}/import.sh"))?;
    let policy = examples.read(&format!("{folder}/iam.json"))?;

    let advice = if policy.contains("\"Gates\"") { NARROWED_BUT_FOR_GATES } else { NARROWED };

    let mut body = format!("# {name} (Resource)\n\n{}\n", schema.markdown());
    if let Some(instead) = schema.deprecation() {
        body += &format!("\n~> **Deprecated:** {instead}\n");
    }
    body += &format!("\n## Example Usage\n\n{}", fenced("terraform", &example));
    body += &format!("\n{}\n", about.trim());
    body += &format!("\n{}", schema_section::section(&schema));
    body += &format!("\n## Import\n\n{}", fenced("shell", &import));
    body += &format!("\n## IAM\n\n{}", permissions(&folder, &policy, advice)?);
    body += &examples.rbac(&folder);
    Ok(Page {
        path: format!("docs/resources/{}.md", short(provider, name)),
        title: format!("{name} Resource - {provider}"),
        description: schema.markdown().to_owned(),
        body,
    })
}

/// What to make of a resource's policy.
const NARROWED: &str = "Narrow the resources to your own.";
/// The same, where a part of it is for gates.
const NARROWED_BUT_FOR_GATES: &str = "Narrow the resources to your own, and leave out the statement `Gates` where no gate \
                                      asks CloudWatch.";

/// The actions that a policy allows, and the policy, with what to make of it.
pub(super) fn permissions(folder: &str, policy: &str, advice: &str) -> Result<String, String> {
    let actions = actions(policy).map_err(|why| format!("examples/{folder}/iam.json: {why}"))?;
    let listed: Vec<String> = actions.iter().map(|action| format!("- `{action}`\n")).collect();
    Ok(format!(
        "These actions are called, and no others. Where the provider's block guards accounts, \
         `sts:GetCallerIdentity` is called too, which needs no permission; `assume_role` needs `sts:AssumeRole` on its \
         role.\n\n{}\nA policy that allows them. {advice}\n\n{}",
        listed.concat(),
        fenced("json", policy)
    ))
}

/// The actions of a policy's statements, sorted.
///
/// # Errors
///
/// That it is no such policy.
pub fn actions(policy: &str) -> Result<Vec<String>, String> {
    let policy: Value = serde_json::from_str(policy).map_err(|error| error.to_string())?;
    let statements = policy["Statement"].as_array().ok_or("it has no list of statements")?;
    let named = statements.iter().flat_map(|statement| statement["Action"].as_array().into_iter().flatten());
    let mut actions: Vec<String> = named.filter_map(Value::as_str).map(str::to_owned).collect();
    actions.sort();
    if actions.is_empty() { Err("it allows no action".to_owned()) } else { Ok(actions) }
}

/// The name of a type without the provider's, as pages are called.
pub fn short<'a>(provider: &str, name: &'a str) -> &'a str {
    name.strip_prefix(provider).and_then(|rest| rest.strip_prefix('_')).unwrap_or(name)
}
