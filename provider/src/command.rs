//! What the binary is asked to do on its command line.

use std::path::PathBuf;
use std::time::Duration;

use crate::blocks::duration;
use crate::review::{Format, Policy, points};

/// What `--help` says, after the hint.
pub const USAGE: &str = "\
usage: terraform-provider-eksmig [-debug | --version | --help]
       terraform-provider-eksmig report [--format=markdown|json] [--fail-on=warning] [--max-step=POINTS]
       terraform-provider-eksmig report --events FILE --svg OUT
       terraform-provider-eksmig watch FILE [--until-idle=DURATION]

  report   reviews a plan: reads `terraform show -json PLANFILE` from standard input, and writes Markdown for a pull
           request, or JSON. Exits with 1 where the plan breaks the policy, and with 2 where it cannot be read or failed.
             --fail-on=warning    there may be no warning
             --max-step=POINTS    no step may raise green's share by more, for example 25
           With --events, it draws what a run wrote to EKSMIG_EVENTS instead: green's share over time, as SVG.
  watch    follows the file that EKSMIG_EVENTS names for `terraform apply`, until Ctrl-C.
             --until-idle=DURATION    or until nothing has been due for so long, for example 5m; then exits with 1
                                      unless every run settled

  EKSMIG_EVENTS=FILE terraform apply    writes what happens to FILE, a line of JSON each";

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Serve Terraform.
    Serve {
        /// From a terminal or a debugger.
        debug: bool,
    },
    /// Say the version.
    Version,
    /// Say how it is used.
    Help,
    /// Review the plan on standard input.
    Report {
        /// The form of the report.
        format: Format,
        /// What the plan must not do.
        policy: Policy,
    },
    /// Draw what happened.
    Chart {
        /// The file of events.
        events: PathBuf,
        /// The file to write.
        svg: PathBuf,
    },
    /// Follow what happens.
    Watch {
        /// The file of events.
        events: PathBuf,
        /// How long nothing may be due before it ends.
        until_idle: Option<Duration>,
    },
}

/// Reads the arguments, without the program's name.
///
/// # Errors
///
/// What is wrong with them, in a sentence.
pub fn parse(arguments: &[String]) -> Result<Command, String> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] => Ok(Command::Serve { debug: false }),
        ["-debug" | "--debug"] => Ok(Command::Serve { debug: true }),
        ["-version" | "--version"] => Ok(Command::Version),
        ["-h" | "-help" | "--help"] => Ok(Command::Help),
        ["report" | "watch", rest @ ..] if rest.iter().any(|word| ["-h", "-help", "--help"].contains(word)) => {
            Ok(Command::Help)
        }
        ["report", rest @ ..] => report(rest),
        ["watch", rest @ ..] => watch(rest),
        [first, ..] => Err(format!("{first:?} is no command.")),
    }
}

fn report(words: &[&str]) -> Result<Command, String> {
    let options = Options::read(words, &["--format", "--fail-on", "--max-step", "--events", "--svg"])?;
    if let [first, ..] = options.rest.as_slice() {
        return Err(format!("report takes no {first:?}: the plan comes on standard input."));
    }
    let (events, svg) = (options.value("--events"), options.value("--svg"));
    if let (Some(events), Some(svg)) = (events, svg) {
        if let Some((name, _)) = options.given.iter().find(|(name, _)| !["--events", "--svg"].contains(name)) {
            return Err(format!("{name} is about a plan, and --events about a run."));
        }
        return Ok(Command::Chart { events: events.into(), svg: svg.into() });
    }
    if events.is_some() || svg.is_some() {
        return Err("--events and --svg go together.".to_owned());
    }
    let format = match options.value("--format") {
        None | Some("markdown") => Format::Markdown,
        Some("json") => Format::Json,
        Some(other) => return Err(format!("--format is markdown or json, not {other:?}.")),
    };
    let fail_on_warning = match options.value("--fail-on") {
        None => false,
        Some("warning") => true,
        Some(other) => return Err(format!("--fail-on is warning, not {other:?}.")),
    };
    let max_step = options.value("--max-step").map(|written| {
        points(written).ok_or_else(|| format!("--max-step is 0 to 100 with one decimal at most, not {written:?}."))
    });
    Ok(Command::Report { format, policy: Policy { fail_on_warning, max_step: max_step.transpose()? } })
}

fn watch(words: &[&str]) -> Result<Command, String> {
    let options = Options::read(words, &["--until-idle"])?;
    let until_idle = options.value("--until-idle").map(|written| {
        duration::parse(written)
            .ok_or_else(|| format!("--until-idle is a duration such as 90s or 5m, not {written:?}."))
    });
    match options.rest.as_slice() {
        [events] => Ok(Command::Watch { events: events.into(), until_idle: until_idle.transpose()? }),
        [] => Err("watch wants the file that EKSMIG_EVENTS names.".to_owned()),
        _ => Err("watch takes one file.".to_owned()),
    }
}

/// Options by name, and what is none.
struct Options<'a> {
    given: Vec<(&'a str, &'a str)>,
    rest: Vec<&'a str>,
}

impl<'a> Options<'a> {
    /// Reads `--name=value` and `--name value`.
    fn read(words: &[&'a str], names: &[&str]) -> Result<Self, String> {
        let mut options = Self { given: Vec::new(), rest: Vec::new() };
        let mut words = words.iter().copied();
        while let Some(word) = words.next() {
            if !word.starts_with('-') {
                options.rest.push(word);
                continue;
            }
            let (name, value) = match word.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (word, None),
            };
            if !names.contains(&name) {
                return Err(format!("{name} is no option of this command."));
            }
            if options.value(name).is_some() {
                return Err(format!("{name} is given twice."));
            }
            let value = value.or_else(|| words.next()).ok_or_else(|| format!("{name} wants a value."))?;
            options.given.push((name, value));
        }
        Ok(options)
    }

    fn value(&self, name: &str) -> Option<&'a str> {
        self.given.iter().find(|(given, _)| *given == name).map(|(_, value)| *value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: Result<Command, &str>) {
        let arguments: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        match (parse(&arguments), expected) {
            (Err(said), Err(expected)) => assert!(said.contains(expected), "{said}"),
            (parsed, expected) => assert_eq!(parsed, expected.map_err(str::to_owned)),
        }
    }

    #[test]
    fn commands_are_read() {
        check("", Ok(Command::Serve { debug: false }));
        check("-debug", Ok(Command::Serve { debug: true }));
        check("report --help", Ok(Command::Help));
        check("report", Ok(Command::Report { format: Format::Markdown, policy: Policy::default() }));
        let policy = Policy { fail_on_warning: true, max_step: Some(125) };
        check(
            "report --fail-on=warning --max-step 12.5 --format=json",
            Ok(Command::Report { format: Format::Json, policy }),
        );
        let [events, svg] = ["a.jsonl", "b.svg"].map(PathBuf::from);
        check("report --events a.jsonl --svg=b.svg", Ok(Command::Chart { events: events.clone(), svg }));
        check("watch a.jsonl", Ok(Command::Watch { events: events.clone(), until_idle: None }));
        let until_idle = Some(Duration::from_secs(90));
        check("watch --until-idle=90s a.jsonl", Ok(Command::Watch { events, until_idle }));
    }

    #[test]
    fn what_is_no_command_is_refused() {
        check("serve", Err("no command"));
        check("report plan.json", Err("standard input"));
        check("report --max-step=101", Err("0 to 100"));
        check("report --max-step", Err("wants a value"));
        check("report --fail-on=notes", Err("is warning"));
        check("report --format=html", Err("markdown or json"));
        check("report --svg=b.svg", Err("go together"));
        check("report --events a --svg b --max-step=1", Err("about a plan"));
        check("report --format=json --format=json", Err("twice"));
        check("watch", Err("EKSMIG_EVENTS"));
        check("watch a b", Err("one file"));
        check("watch a --until-idle=soon", Err("duration"));
    }
}
