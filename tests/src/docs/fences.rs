//! The fences of pages: that each says its language, and that Terraform's is formatted.

use std::path::Path;

use super::faults::unformatted;

/// One fence.
struct Fence<'a> {
    /// The number of its first line.
    line: usize,
    language: &'a str,
    /// Its lines, less the spaces before the fence itself.
    text: String,
}

fn fences(text: &str) -> Vec<Fence<'_>> {
    let mut found: Vec<Fence<'_>> = Vec::new();
    let mut indent = None;
    for (line, content) in (1..).zip(text.lines()) {
        let bare = content.trim_start();
        match (bare.strip_prefix("```"), indent) {
            (Some(language), None) => {
                indent = Some(content.len() - bare.len());
                found.push(Fence { line, language: language.trim(), text: String::new() });
            }
            (Some(_), Some(_)) => indent = None,
            (None, Some(spaces)) => {
                let Some(fence) = found.last_mut() else { continue };
                fence.text += &format!("{}\n", content.get(spaces..).unwrap_or_default());
            }
            (None, None) => {}
        }
    }
    found
}

/// The fences of these pages that do not say their language.
pub fn unlabelled(pages: &[(String, String)]) -> Vec<String> {
    let of = |(path, text): &(String, String)| {
        let bare = fences(text).into_iter().filter(|fence| fence.language.is_empty());
        bare.map(|fence| format!("{path}:{} begins a fence of no language", fence.line)).collect::<Vec<_>>()
    };
    pages.iter().flat_map(of).collect()
}

/// The fences of Terraform's language in these pages that `terraform fmt` would write otherwise. `scratch` is an empty folder.
pub fn untidy(pages: &[(String, String)], scratch: &Path) -> Vec<String> {
    for (path, text) in pages {
        for fence in fences(text).iter().filter(|fence| fence.language == "terraform") {
            let name = format!("{}.{}.tf", path.replace('/', "+"), fence.line);
            std::fs::write(scratch.join(name), &fence.text).unwrap();
        }
    }
    unformatted(scratch)
}
