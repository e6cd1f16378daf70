//! What a preflight found.

use super::check::{Finding, Severity};

/// What a preflight found, the worst first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The findings: errors before warnings before what is good to know, and each in the order of its code and object.
    pub findings: Vec<Finding>,
}

impl Report {
    /// The findings, put in order; one that two objects share is told once.
    pub fn new(mut findings: Vec<Finding>) -> Self {
        findings.sort();
        findings.dedup();
        Self { findings }
    }

    /// Whether no error was found.
    pub fn passed(&self) -> bool {
        self.count(Severity::Error) == 0
    }

    /// How many findings are this bad.
    pub(crate) fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    /// As Markdown, for a pull request.
    pub fn markdown(&self) -> String {
        let counted = |severity: Severity, one: &str, more: &str| match self.count(severity) {
            1 => format!("1 {one}"),
            count => format!("{count} {more}"),
        };
        let counts = [
            counted(Severity::Error, "error", "errors"),
            counted(Severity::Warning, "warning", "warnings"),
            counted(Severity::Info, "note", "notes"),
        ];
        let verdict = if self.passed() { "passed" } else { "not passed" };
        let mut text = format!("## Preflight: {verdict}\n\n{}.\n", counts.join(", "));
        if !self.findings.is_empty() {
            text += "\n| severity | code | object | found | to do |\n|---|---|---|---|---|\n";
        }
        for finding in &self.findings {
            let cells = [&finding.object, &finding.message, &finding.remedy].map(|cell| in_a_cell(cell));
            text += &format!("| {} | `{}` | {} |\n", finding.severity.as_str(), finding.code, cells.join(" | "));
        }
        text
    }
}

/// A text that stays in its cell: AWS's own words may have line ends, pipes, and what would be tags.
fn in_a_cell(text: &str) -> String {
    let plain = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let escape = |letter: char| match letter {
        '\\' | '|' | '`' | '*' | '_' | '<' | '>' | '[' | ']' => format!("\\{letter}"),
        letter => letter.to_string(),
    };
    plain.chars().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(severity: Severity, object: &str, message: &str) -> Finding {
        Finding { severity, code: "a_code", object: object.into(), message: message.into(), remedy: "Do.".into() }
    }

    #[test]
    fn errors_come_first_and_only_they_keep_it_from_passing() {
        let report = Report::new(vec![
            finding(Severity::Info, "a", "so"),
            finding(Severity::Warning, "a", "so"),
            finding(Severity::Error, "z", "so"),
            finding(Severity::Error, "b", "so"),
            finding(Severity::Error, "b", "so"),
        ]);
        let order: Vec<_> = report.findings.iter().map(|one| (one.severity, one.object.as_str())).collect();
        let wanted = [(Severity::Error, "b"), (Severity::Error, "z"), (Severity::Warning, "a"), (Severity::Info, "a")];
        assert_eq!(order, wanted);
        assert!(!report.passed());
        assert!(Report::new(vec![finding(Severity::Warning, "a", "so")]).passed());
    }

    #[test]
    fn what_aws_says_stays_in_its_cell() {
        let report = Report::new(vec![finding(Severity::Error, "a|b", "<b>two\nlines</b> of `code`")]);
        expect_test::expect![[r"
            ## Preflight: not passed

            1 error, 0 warnings, 0 notes.

            | severity | code | object | found | to do |
            |---|---|---|---|---|
            | error | `a_code` | a\|b | \<b\>two lines\</b\> of \`code\` | Do. |
        "]]
        .assert_eq(&report.markdown());
        expect_test::expect![[r"
            ## Preflight: passed

            0 errors, 0 warnings, 0 notes.
        "]]
        .assert_eq(&Report::new(vec![]).markdown());
    }
}
