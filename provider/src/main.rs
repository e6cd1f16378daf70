//! The binary that Terraform starts, and the commands for those who review and watch.

use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;

use eksmig_provider::Eksmig;
use eksmig_provider::chart::{self, Drawn};
use eksmig_provider::command::{self, Command};
use eksmig_provider::review::{Format, Policy, review};
use eksmig_provider::watch::{self, End};

const ADDRESS: &str = "registry.terraform.io/eksmig/eksmig";
const HINT: &str = "This is a plugin of Terraform: it moves the traffic of live services from one cluster to another. \
Terraform starts it by itself for configurations that require the provider eksmig/eksmig.";
/// What ends a command that could not do its work, or was not understood.
const UNABLE: u8 = 2;
/// What a shell makes of an end by Ctrl-C.
const INTERRUPTED: u8 = 130;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match command::parse(&arguments) {
        Err(wrong) => unable(&format!("{wrong}\n\n{}", command::USAGE)),
        Ok(Command::Version) => say(&format!("terraform-provider-eksmig {}\n", env!("CARGO_PKG_VERSION"))),
        Ok(Command::Help) => say(&format!("{HINT}\n\n{}\n", command::USAGE)),
        Ok(Command::Serve { debug }) => {
            tfplugin::log::init(&["terraform_provider_eksmig", "eksmig_provider", "eksmig_core", "tfplugin"]);
            tfplugin::run(Eksmig::new(), tfplugin::Options { full_address: ADDRESS, hint: HINT, debug })
        }
        Ok(Command::Report { format, policy }) => report(format, &policy),
        Ok(Command::Chart { events, svg }) => draw(&events, &svg),
        Ok(Command::Watch { events, until_idle }) => match watch::watch(&events, until_idle) {
            Ok(End::Settled) => ExitCode::SUCCESS,
            Ok(End::Unsettled) => ExitCode::FAILURE,
            Ok(End::Interrupted) => ExitCode::from(INTERRUPTED),
            Err(why) => unable(&why),
        },
    }
}

fn report(format: Format, policy: &Policy) -> ExitCode {
    let mut text = Vec::new();
    if let Err(error) = std::io::stdin().lock().read_to_end(&mut text) {
        return unable(&format!("Standard input could not be read: {error}. Nothing was reviewed."));
    }
    let Ok(text) = String::from_utf8(text) else {
        return unable(
            "Standard input is no text: a plan file, perhaps. Wanted is the output of `terraform show -json PLANFILE`. \
             Nothing was reviewed.",
        );
    };
    match review(&text, policy, format) {
        Err(unreadable) => unable(&unreadable.to_string()),
        Ok(reviewed) => match say(&reviewed.text) {
            ExitCode::SUCCESS if reviewed.errored => ExitCode::from(UNABLE),
            ExitCode::SUCCESS if !reviewed.meets_policy => ExitCode::FAILURE,
            said => said,
        },
    }
}

fn draw(events: &Path, svg: &Path) -> ExitCode {
    match chart::draw(events, svg) {
        Err(why) => unable(&why),
        Ok(Drawn { runs: 1, unreadable: 0 }) => say(&format!("Drew 1 run into {}.\n", svg.display())),
        Ok(Drawn { runs, unreadable: 0 }) => say(&format!("Drew {runs} runs into {}.\n", svg.display())),
        Ok(Drawn { runs, unreadable }) => unable(&format!(
            "Drew {runs} runs into {}. {unreadable} lines of {} could not be read, and what they tell is missing.",
            svg.display(),
            events.display()
        )),
    }
}

/// Says it on standard output. Nobody must take half a report for a whole one.
fn say(text: &str) -> ExitCode {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => unable(&format!("Standard output could not be written: {error}.")),
    }
}

fn unable(why: &str) -> ExitCode {
    eprintln!("{why}");
    ExitCode::from(UNABLE)
}
