//! The provider's own page.

use tfplugin::Provider;

use super::examples::Examples;
use super::page::{Page, fenced};
use super::resource_page::short;
use super::schema_section;

/// The provider's page, from its schema and its example, with what it offers.
///
/// # Errors
///
/// What is missing to make it.
pub fn page(provider: &dyn Provider, examples: &Examples) -> Result<Page, String> {
    let (schema, name) = (provider.schema(), provider.name());
    let example = examples.read("provider/provider.tf")?;
    let about = examples.read("provider/about.md")?;

    let mut body = format!("# {name} Provider\n\n{}\n", about.trim());
    body += "\n## What it offers\n\n| | |\n|---|---|\n";
    for resource in provider.resources() {
        let (ty, schema) = (resource.type_name(), resource.schema());
        body += &format!("| [`{ty}`](resources/{}.md) | {} |\n", short(name, ty), first_sentence(schema.markdown()));
    }
    for source in provider.data_sources() {
        let (ty, schema) = (source.type_name(), source.schema());
        let first = first_sentence(schema.markdown());
        body += &format!("| [`data.{ty}`](data-sources/{}.md) | {first} |\n", short(name, ty));
    }
    for function in provider.functions() {
        body += &format!(
            "| [`provider::{name}::{}`](functions/{}.md) | {}. |\n",
            function.name(),
            function.name(),
            function.signature().summary_line()
        );
    }
    body += &format!("\n## Example Usage\n\n{}", fenced("terraform", &example));
    body += &format!("\n{}", schema_section::section(&schema));
    Ok(Page {
        path: "docs/index.md".to_owned(),
        title: format!("{name} Provider"),
        description: first_sentence(schema.markdown()).to_owned(),
        body,
    })
}

/// A text up to the end of its first sentence.
fn first_sentence(text: &str) -> &str {
    text.split_once(". ").map_or(text, |(first, _)| &text[..=first.len()])
}
