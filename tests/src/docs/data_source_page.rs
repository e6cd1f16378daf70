//! The page of a data source.

use tfplugin::DataSource;

use super::checks_section;
use super::examples::Examples;
use super::page::{Page, fenced};
use super::resource_page::{permissions, short};
use super::schema_section;

/// What to make of a data source's policy.
const NONE: &str = "None of them can be narrowed to a resource.";
/// The same, where it looks at several services.
const SOME: &str = "Leave out the statements of what you do not have it look at, and narrow the resources to your own where \
                    there is no `*`.";
/// What to make of a policy with more in it than load balancers.
const NARROWED: &str = "Narrow `eks:DescribeCluster` to your clusters, and leave it out where none is reached by \
                        `eks_cluster_name`. Of the others, none can be narrowed to a load balancer.";

/// The page of a data source, from its schema and its examples.
///
/// # Errors
///
/// What is missing to make it.
pub fn page(provider: &str, source: &dyn DataSource, examples: &Examples) -> Result<Page, String> {
    let (schema, name) = (source.schema(), source.type_name());
    let folder = format!("data-sources/{name}");
    let example = examples.read(&format!("{folder}/data-source.tf"))?;
    let about = examples.read(&format!("{folder}/about.md"))?;
    let policy = examples.read(&format!("{folder}/iam.json"))?;

    let advice = match policy.matches("\"Sid\"").count() {
        _ if policy.contains("eks:") => NARROWED,
        0 | 1 => NONE,
        _ => SOME,
    };

    let mut body = format!("# {name} (Data Source)\n\n{}\n", schema.markdown());
    if let Some(instead) = schema.deprecation() {
        body += &format!("\n~> **Deprecated:** {instead}\n");
    }
    body += &format!("\n## Example Usage\n\n{}", fenced("terraform", &example));
    body += &format!("\n{}\n", about.replace(checks_section::PLACE, &checks_section::section()).trim());
    body += &format!("\n{}", schema_section::section(&schema));
    body += &format!("\n## IAM\n\n{}", permissions(&folder, &policy, advice)?);
    body += &examples.rbac(&folder);
    Ok(Page {
        path: format!("docs/data-sources/{}.md", short(provider, name)),
        title: format!("{name} Data Source - {provider}"),
        description: schema.markdown().to_owned(),
        body,
    })
}
