//! What is saved of an `eksmig_nlb_listener_twin`: its shape.

use eksmig_core::elb::ListenerArn;
use eksmig_core::elb::twin::{Listener, carried};
use tfplugin::{Diagnostic, Reader, Value};

use crate::blocks::twin::{map, number, text, texts};
use crate::notices;

/// The computed attributes that come from the source.
pub const SETTINGS: [&str; 6] =
    ["protocol", "ssl_policy", "alpn_policy", "certificate_arn", "more_certificate_arns", "attributes"];

/// Writes what a twin is into a state. Where it forwards to is written where that is not to the wanted target group.
pub fn write(state: &mut Value, twin: &Listener) {
    write_settings(state, twin);
    state.set_attr("port", i64::from(twin.port));
    state.set_attr("tags_all", map(&carried(&twin.tags)));
    let wanted = state.attr("target_group_arn").as_str();
    if !wanted.is_some_and(|wanted| twin.target_groups.contains(wanted)) {
        state.set_attr("target_group_arn", text(&twin.target_groups.first().cloned()));
    }
}

/// Writes what its source is into a state.
pub fn write_source(state: &mut Value, source: &Listener) {
    let mut value = Value::object::<&str>([]);
    write_settings(&mut value, source);
    value.set_attr("port", i64::from(source.port));
    value.set_attr("tags", map(&carried(&source.tags)));
    state.set_attr("source", value);
}

/// The twin that a state was written with. What is unknown is left out.
///
/// # Errors
///
/// The state is not one of ours.
pub fn twin(state: &Value) -> Result<Listener, Diagnostic> {
    let mut twin = listener(&Reader::new(state), "tags_all")?;
    twin.target_groups.extend(state.attr("target_group_arn").as_str().map(str::to_owned));
    Ok(twin)
}

/// The source that a state was written with.
///
/// # Errors
///
/// The state is not one of ours.
pub fn source(state: &Value) -> Result<Listener, Diagnostic> {
    listener(&Reader::new(state).attr("source"), "tags")
}

/// The twin's ARN in a state.
///
/// # Errors
///
/// There is none.
pub fn arn(state: &Value) -> Result<ListenerArn, Diagnostic> {
    let arn = state.attr("arn").as_str().unwrap_or_default();
    ListenerArn::parse(arn)
        .map_err(|error| notices::DAMAGED_STATE.says(format!("The state does not name the twin: {error}.")))
}

fn write_settings(value: &mut Value, listener: &Listener) {
    value.set_attr("protocol", listener.protocol.as_str());
    value.set_attr("ssl_policy", text(&listener.ssl_policy));
    value.set_attr("alpn_policy", text(&listener.alpn_policy));
    value.set_attr("certificate_arn", text(&listener.certificate));
    value.set_attr("more_certificate_arns", Value::set(listener.more_certificates.iter().map(String::as_str)));
    value.set_attr("attributes", map(&listener.attributes));
}

fn listener(reader: &Reader<'_>, tags: &str) -> Result<Listener, Diagnostic> {
    let text = |name: &str| Ok::<_, Diagnostic>(reader.attr(name).string()?.known());
    let mut more_certificates = std::collections::BTreeSet::new();
    for certificate in reader.attr("more_certificate_arns").elements()?.known().unwrap_or_default() {
        more_certificates.extend(certificate.string()?.known());
    }
    Ok(Listener {
        protocol: text("protocol")?.unwrap_or_default(),
        port: number(&reader.attr("port"))?.known().unwrap_or_default(),
        ssl_policy: text("ssl_policy")?,
        alpn_policy: text("alpn_policy")?,
        certificate: text("certificate_arn")?,
        more_certificates,
        target_groups: Default::default(),
        attributes: texts(&reader.attr("attributes"))?.known().unwrap_or_default(),
        tags: texts(&reader.attr(tags))?.known().unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_saved_is_read_back() {
        let listener = Listener {
            protocol: "TLS".to_owned(),
            port: 8443,
            ssl_policy: Some("policy".to_owned()),
            certificate: Some("default".to_owned()),
            more_certificates: ["b".to_owned(), "c".to_owned()].into(),
            attributes: [("tcp.idle_timeout.seconds".to_owned(), "60".to_owned())].into(),
            tags: [("app".to_owned(), "orders".to_owned())].into(),
            ..Listener::default()
        };
        let mut state = Value::object::<&str>([]);
        write_source(&mut state, &listener);
        assert_eq!(source(&state).unwrap(), listener);
        state.set_attr("target_group_arn", "green");
        let shared = Listener { target_groups: ["blue".to_owned(), "green".to_owned()].into(), ..listener.clone() };
        write(&mut state, &shared);
        assert_eq!(twin(&state).unwrap(), Listener { target_groups: ["green".to_owned()].into(), ..listener.clone() });
        write(&mut state, &Listener { target_groups: ["blue".to_owned()].into(), ..listener });
        assert_eq!(state.attr("target_group_arn").as_str(), Some("blue"));
        assert!(arn(&state).is_err());
    }
}
