//! The links of a Markdown text, and what they can point at.

use std::collections::BTreeSet;

/// The targets of the links in a text, code left out.
pub fn targets(text: &str) -> Vec<String> {
    let prose: Vec<String> = prose(text).map(without_code).collect();
    let starts = prose.iter().flat_map(|line| line.split("](").skip(1));
    starts.filter_map(|rest| rest.split_once(')')).map(|(target, _)| target.to_owned()).collect()
}

/// The names that a link can point at inside a text: of headings, as they are shown on the web, and of anchors.
pub fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose(text).filter(|line| line.starts_with('#')).map(|line| slug(line.trim_start_matches('#')));
    let starts = prose(text).flat_map(|line| ["<a id=\"", "<a name=\""].map(|start| line.split(start).skip(1)));
    let named = starts.flatten().filter_map(|rest| rest.split_once('"'));
    headings.chain(named.map(|(name, _)| name.to_owned())).collect()
}

/// The lines outside of fences.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut fenced = false;
    text.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    })
}

/// A line without what is between backticks.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect()
}

fn slug(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    let kept = kept.chars().filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_'));
    kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect()
}
