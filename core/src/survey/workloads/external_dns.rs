//! ExternalDNS, as it runs in a cluster: under which owner id it writes records. Pure.

use super::seen::{Id, Program};

/// The owner id of one that is given none (ExternalDNS: `--txt-owner-id`).
const DEFAULT_OWNER: &str = "default";
/// Where it keeps who owns a record, unless it is told (ExternalDNS: `--registry`).
const DEFAULT_REGISTRY: &str = "txt";

/// An ExternalDNS in a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalDns {
    /// Its Deployment or DaemonSet.
    pub id: Id,
    /// Under which id it owns records.
    pub owner: OwnerId,
}

/// Under which id an ExternalDNS owns records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OwnerId {
    /// This one.
    Is(String),
    /// None: it keeps no register (`--registry=noop`), and takes every record for its own.
    Nobody,
    /// It cannot be told, for this reason.
    Unknown(String),
}

/// Every ExternalDNS among these programs.
pub(crate) fn external_dns(programs: &[Program]) -> Vec<ExternalDns> {
    let found = programs.iter().filter(|program| is_external_dns(program));
    found.map(|program| ExternalDns { id: program.id.clone(), owner: owner(program) }).collect()
}

/// Whether a program is one.
pub(super) fn is_external_dns(program: &Program) -> bool {
    program.images.iter().any(|image| image.split(['/', ':', '@']).any(|part| part == "external-dns"))
}

/// The values that an option is given, as `--option=value` or as `--option value`.
pub(super) fn given<'a>(program: &'a Program, option: &str) -> Vec<&'a str> {
    let mut found = Vec::new();
    for (place, argument) in program.arguments.iter().enumerate() {
        match argument.strip_prefix(option) {
            Some("") => found.extend(program.arguments.get(place + 1).map(String::as_str)),
            Some(rest) => found.extend(rest.strip_prefix('=')),
            None => {}
        }
    }
    found
}

fn owner(program: &Program) -> OwnerId {
    match setting(program, "--registry", "EXTERNAL_DNS_REGISTRY", DEFAULT_REGISTRY) {
        Ok(registry) if registry == "noop" => return OwnerId::Nobody,
        Ok(_) => {}
        Err(why) => return OwnerId::Unknown(why),
    }
    let owner = setting(program, "--txt-owner-id", "EXTERNAL_DNS_TXT_OWNER_ID", DEFAULT_OWNER);
    owner.map_or_else(OwnerId::Unknown, OwnerId::Is)
}

/// What an option is set to: by its argument, or else by its variable, or else not at all.
fn setting(program: &Program, option: &str, variable: &str, default: &str) -> Result<String, String> {
    if let Some(given) = given(program, option).last() {
        return expanded(program, given).ok_or_else(|| format!("{option} is {given}, which names a variable"));
    }
    if program.arguments.iter().any(|argument| argument.contains(option)) {
        return Err(format!("{option} stands inside another argument, a shell's script for example"));
    }
    match program.environment.get(variable) {
        Some(Some(value)) => expanded(program, value).ok_or_else(|| format!("{variable} names another variable")),
        Some(None) => Err(format!("{variable} stands in another object")),
        None if program.has_more_environment => {
            Err(format!("{option} is not given, and {variable} may stand in another object (envFrom)"))
        }
        None => Ok(default.to_owned()),
    }
}

/// A value with its variables (Kubernetes: `$(NAME)`); none where one of them is not known.
fn expanded(program: &Program, value: &str) -> Option<String> {
    let known = program.environment.iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
    let text = known.fold(value.to_owned(), |text, (name, value)| text.replace(&format!("$({name})"), value));
    (!text.contains("$(")).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(arguments: &[&str], environment: &[(&str, Option<&str>)]) -> Program {
        let variable = |(name, value): &(&str, Option<&str>)| ((*name).to_owned(), value.map(str::to_owned));
        Program {
            images: vec!["registry.k8s.io/external-dns/external-dns:v0.15.0".to_owned()],
            arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect(),
            environment: environment.iter().map(variable).collect(),
            ..Program::default()
        }
    }

    #[track_caller]
    fn is(program: Program, wanted: &str) {
        let said = match &external_dns(&[program])[0].owner {
            OwnerId::Is(owner) => owner.clone(),
            OwnerId::Nobody => "nobody".to_owned(),
            OwnerId::Unknown(why) => format!("unknown: {why}"),
        };
        assert_eq!(said, wanted);
    }

    #[test]
    fn an_owner_id_is_an_argument_or_a_variable_or_the_default() {
        is(program(&["--source=ingress"], &[]), "default");
        is(program(&["--txt-owner-id=blue"], &[("EXTERNAL_DNS_TXT_OWNER_ID", Some("green"))]), "blue");
        is(program(&["--txt-owner-id", "blue"], &[]), "blue");
        is(program(&["--registry=dynamodb"], &[("EXTERNAL_DNS_TXT_OWNER_ID", Some("green"))]), "green");
        is(program(&["--txt-owner-id=$(CLUSTER)-dns"], &[("CLUSTER", Some("blue"))]), "blue-dns");
    }

    #[test]
    fn without_a_register_nobody_owns_anything() {
        is(program(&["--registry=noop", "--txt-owner-id=blue"], &[]), "nobody");
        is(program(&[], &[("EXTERNAL_DNS_REGISTRY", Some("noop"))]), "nobody");
    }

    #[test]
    fn what_stands_elsewhere_is_not_taken_for_the_default() {
        let stands = "EXTERNAL_DNS_TXT_OWNER_ID stands in another object";
        is(program(&[], &[("EXTERNAL_DNS_TXT_OWNER_ID", None)]), &format!("unknown: {stands}"));
        is(
            program(&["--txt-owner-id=$(CLUSTER)"], &[("CLUSTER", None)]),
            "unknown: --txt-owner-id is $(CLUSTER), which names a variable",
        );
        is(
            program(&["-c", "external-dns --txt-owner-id=$CLUSTER"], &[]),
            "unknown: --txt-owner-id stands inside another argument, a shell's script for example",
        );
        let more = Program { has_more_environment: true, ..program(&["--registry=txt"], &[]) };
        is(
            more,
            "unknown: --txt-owner-id is not given, and EXTERNAL_DNS_TXT_OWNER_ID may stand in another object (envFrom)",
        );
        let more = Program { has_more_environment: true, ..program(&["--registry=txt", "--txt-owner-id=a"], &[]) };
        is(more, "a");
    }
}
