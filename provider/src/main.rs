//! The binary that Terraform starts.

use std::process::ExitCode;

use eksmig_provider::Eksmig;

const ADDRESS: &str = "registry.terraform.io/eksmig/eksmig";
const HINT: &str = "This is a plugin of Terraform: it moves the traffic of live services from one cluster to another. \
Terraform starts it by itself for configurations that require the provider eksmig/eksmig.";
const USAGE: &str = "usage: terraform-provider-eksmig [-debug | --version | --help]";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let debug = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => false,
        ["-debug" | "--debug"] => true,
        ["-version" | "--version"] => {
            println!("terraform-provider-eksmig {}", env!("CARGO_PKG_VERSION"));
            return ExitCode::SUCCESS;
        }
        ["-h" | "-help" | "--help"] => {
            println!("{HINT}\n\n{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    tfplugin::log::init(&["terraform_provider_eksmig", "eksmig_provider", "eksmig_core", "tfplugin"]);
    tfplugin::run(Eksmig::new(), tfplugin::Options { full_address: ADDRESS, hint: HINT, debug })
}
