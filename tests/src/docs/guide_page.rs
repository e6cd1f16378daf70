//! Guides whose prose is written by hand, and whose lists come from the code.

use super::examples::Examples;
use super::page::Page;
use super::{engine_section, notices_section, permissions_section};

/// A guide of which a part is generated.
struct Guide {
    /// Its file, without the ending.
    name: &'static str,
    title: &'static str,
    description: &'static str,
    /// Where in its prose the generated part goes, and what makes it.
    place: &'static str,
    fill: fn(&Examples) -> Result<String, String>,
}

const GUIDES: [Guide; 3] = [
    Guide {
        name: "permissions",
        title: "Permissions",
        description: "The least that each resource and data source has to be allowed, in AWS and in clusters.",
        place: "<!-- permissions -->",
        fill: permissions_section::section,
    },
    Guide {
        name: "when-it-goes-wrong",
        title: "When it goes wrong",
        description: "Every error and every warning of the provider, what it means, and what to do.",
        place: "<!-- notices -->",
        fill: |_| Ok(notices_section::section()),
    },
    Guide {
        name: "how-it-decides",
        title: "How it decides",
        description: "What a run does next, whatever happens: the engine in pictures.",
        place: "<!-- engine -->",
        fill: |_| engine_section::section(),
    },
];

/// The pages of all of them, or what is missing to make each.
pub fn pages(examples: &Examples) -> impl Iterator<Item = Result<Page, String>> + '_ {
    GUIDES.iter().map(|guide| page(guide, examples))
}

fn page(guide: &Guide, examples: &Examples) -> Result<Page, String> {
    let path = format!("guides/{}.md", guide.name);
    let prose = examples.read(&path)?;
    if !prose.contains(guide.place) {
        return Err(format!("examples/{path} has no {}", guide.place));
    }
    Ok(Page {
        path: format!("docs/{path}"),
        title: guide.title.to_owned(),
        description: guide.description.to_owned(),
        body: prose.replace(guide.place, (guide.fill)(examples)?.trim_end()),
    })
}
