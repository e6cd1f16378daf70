//! What users are told is on one list, from which the guide is made.

use eksmig_provider::notices::FAMILIES;

use crate::source::{Source, sources};

/// What begins a diagnostic in the plugin layer, which knows nothing of the list.
const BEGINNINGS: [&str; 2] = ["Diagnostic::error(", ".error("];

/// Diagnostics that are made of something else than what is on the list.
fn bare(sources: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    for Source { path, code } in sources.iter().filter(|source| !source.is_in("notices")) {
        for made in ["Diagnostic::error", "Diagnostic::warning"] {
            found.extend(code.contains(made).then(|| format!("{path}: {made}")));
        }
        let literals = code.split("Diagnostic {").skip(1).filter_map(|rest| rest.split_once('}'));
        found.extend(literals.filter(|(inside, _)| inside.contains("summary")).map(|_| format!("{path}: summary")));
        let errors = code.split(".error(").skip(1).map(str::trim_start);
        let other = |first: &&str| !first.starts_with("notice");
        found.extend(errors.filter(other).map(|first| format!("{path}: .error({}", first.lines().next().unwrap())));
    }
    found
}

/// The names of the list in its sources, each with its summary up to what differs from case to case.
fn names(sources: &[Source]) -> Vec<(String, String)> {
    let listed = sources.iter().filter(|source| source.is_in("notices")).flat_map(|source| source.code.lines());
    let name = |line: &str| {
        let (name, rest) = line.split_once(": ")?;
        let summary = rest.strip_prefix("Error \"").or_else(|| rest.strip_prefix("Warning \""))?;
        Some((name.to_owned(), summary.split(['"', '{']).next()?.to_owned()))
    };
    listed.filter_map(name).collect()
}

/// The summaries that a source tells, up to what differs from case to case.
fn told(code: &str) -> Vec<String> {
    let first = |rest: &str| {
        let text = rest.trim_start().trim_start_matches("format!(").strip_prefix('"')?;
        Some(text.split(['"', '{']).next()?.to_owned())
    };
    BEGINNINGS.iter().flat_map(|beginning| code.split(beginning).skip(1).filter_map(first)).collect()
}

/// The summaries on the list, up to what differs from case to case.
fn listed() -> Vec<&'static str> {
    let notices = FAMILIES.iter().flat_map(|family| family.notices);
    notices.map(|notice| notice.summary.split('{').next().unwrap_or_default()).collect()
}

#[test]
fn users_are_told_nothing_that_is_not_on_the_list() {
    let bad = "Diagnostic::error(\"a\", b); x.error(\n  \"a\", b); x.error(summary, b); Diagnostic { summary: a, ..b }";
    assert_eq!(bare(&[Source::new("report.rs", bad)]).len(), 4);
    assert_eq!(
        bare(&[Source::new("report.rs", "x.error(\n notices::A, b); notice.says(b); Diagnostic { path, ..a }")]).len(),
        0
    );
    assert_eq!(bare(&sources("provider/src")), Vec::<String>::new());
}

#[test]
fn what_the_plugin_layer_tells_is_on_the_list() {
    assert_eq!(told("Diagnostic::error(\n  format!(\"In {a}\"), b); x.error(\"B\", c); x.error(b, c)"), ["In ", "B"]);
    let told: Vec<String> = sources("provider/tfplugin/src").iter().flat_map(|source| told(&source.code)).collect();
    assert!(told.len() > 10, "{told:?}");
    let missing: Vec<&String> = told.iter().filter(|summary| !listed().contains(&summary.as_str())).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn nothing_is_on_the_list_that_nobody_is_told() {
    let (ours, layer) = (sources("provider/src"), sources("provider/tfplugin/src"));
    let names = names(&ours);
    assert_eq!(names.len(), listed().len());
    let used = |name: &str| {
        let ours = ours.iter().filter(|source| !source.is_in("notices"));
        ours.flat_map(|source| source.code.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_'))
            .any(|word| word == name)
    };
    let by_layer: Vec<String> = layer.iter().flat_map(|source| told(&source.code)).collect();
    let idle = |(name, summary): &&(String, String)| !used(name) && !by_layer.contains(summary);
    let idle: Vec<_> = names.iter().filter(idle).collect();
    assert!(idle.is_empty(), "{idle:?}");
}
