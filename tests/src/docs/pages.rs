//! All generated pages of a provider.

use std::path::Path;

use tfplugin::Provider;

use super::examples::Examples;
use super::page::Page;
use super::{data_source_page, function_page, guide_page, index_page, resource_page};

/// The pages of a provider, with the examples of the project in this folder.
///
/// # Errors
///
/// Everything that is missing to make them.
pub fn pages(provider: &dyn Provider, root: &Path) -> Result<Vec<Page>, Vec<String>> {
    let (name, examples) = (provider.name(), Examples::of(root));
    let resources = provider.resources();
    let sources = provider.data_sources();
    let functions = provider.functions();
    let made = std::iter::once(index_page::page(provider, &examples))
        .chain(resources.iter().map(|resource| resource_page::page(name, resource.as_ref(), &examples)))
        .chain(sources.iter().map(|source| data_source_page::page(name, source.as_ref(), &examples)))
        .chain(functions.iter().map(|function| function_page::page(name, function.as_ref(), &examples)))
        .chain(guide_page::pages(&examples));
    let (pages, missing): (Vec<_>, Vec<_>) = made.partition(Result::is_ok);
    let missing: Vec<String> = missing.into_iter().filter_map(Result::err).collect();
    if missing.is_empty() { Ok(pages.into_iter().flatten().collect()) } else { Err(missing) }
}
