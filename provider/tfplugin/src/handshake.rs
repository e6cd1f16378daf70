//! What the host says in the environment when it starts us, and the line with which we answer.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

const COOKIE: (&str, &str) =
    ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2");

/// go-plugin's own protocol, then Terraform's.
const CORE_VERSION: u32 = 1;
const PROTOCOL_VERSION: u32 = 6;

/// The host's wishes.
#[derive(Debug)]
pub(crate) struct Host {
    /// The one certificate that a client may have; `None` only where the user has turned TLS off.
    pub(crate) client: Option<CertificateDer<'static>>,
    /// Where the socket should be.
    pub(crate) socket_dir: Option<PathBuf>,
    /// Which ports are allowed where there are no sockets.
    pub(crate) ports: RangeInclusive<u16>,
    multiplex: bool,
}

/// Why we do not answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HandshakeError {
    #[error("find the host: this process was not started by one")]
    NoHost,
    #[error("read the host's certificate in PLUGIN_CLIENT_CERT: {0}")]
    Certificate(rustls::pki_types::pem::Error),
    #[error(
        "find the host's certificate: PLUGIN_CLIENT_CERT is not set, and without it anyone on this machine could \
         connect. To serve without TLS all the same, set TF_DISABLE_PLUGIN_TLS"
    )]
    NoCertificate,
    #[error("read the host's port range: PLUGIN_MIN_PORT {min:?} to PLUGIN_MAX_PORT {max:?} is none")]
    Ports { min: String, max: String },
}

impl Host {
    /// Reads the environment.
    pub(crate) fn read(env: impl Fn(&str) -> Option<String>) -> Result<Host, HandshakeError> {
        let set = |name: &str| env(name).filter(|value| !value.is_empty());
        if env(COOKIE.0).as_deref() != Some(COOKIE.1) {
            return Err(HandshakeError::NoHost);
        }
        let client = match set("PLUGIN_CLIENT_CERT") {
            Some(pem) => Some(CertificateDer::from_pem_slice(pem.as_bytes()).map_err(HandshakeError::Certificate)?),
            None if env("TF_DISABLE_PLUGIN_TLS").is_some() => None,
            None => return Err(HandshakeError::NoCertificate),
        };
        let min = set("PLUGIN_MIN_PORT").unwrap_or_else(|| "10000".to_owned());
        let max = set("PLUGIN_MAX_PORT").unwrap_or_else(|| "25000".to_owned());
        let ports = match (min.parse(), max.parse()) {
            (Ok(min), Ok(max)) if min <= max => min..=max,
            _ => return Err(HandshakeError::Ports { min, max }),
        };
        Ok(Host {
            client,
            socket_dir: set("PLUGIN_UNIX_SOCKET_DIR").map(PathBuf::from),
            ports,
            multiplex: set("PLUGIN_MULTIPLEX_GRPC").is_some(),
        })
    }

    /// The first line on standard output. Its last field is for hosts that ask about multiplexing alone: older ones
    /// would take it for a part of the certificate.
    pub(crate) fn answer(&self, network: &str, address: &str, server: Option<&CertificateDer<'_>>) -> String {
        let certificate = server.map(|der| STANDARD_NO_PAD.encode(der)).unwrap_or_default();
        let multiplex = if self.multiplex { "|false" } else { "" };
        format!("{CORE_VERSION}|{PROTOCOL_VERSION}|{network}|{address}|grpc|{certificate}{multiplex}\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(settings: &[(&str, &str)]) -> Result<Host, HandshakeError> {
        Host::read(|name| {
            let given = settings.iter().rev().find(|(key, _)| *key == name);
            given.map(|(_, value)| (*value).to_owned())
        })
    }

    fn certificate() -> rcgen::Certificate {
        let key = rcgen::KeyPair::generate().unwrap();
        rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap()
    }

    #[test]
    fn without_the_cookie_there_is_no_host() {
        assert!(matches!(host(&[]), Err(HandshakeError::NoHost)));
        assert!(matches!(host(&[(COOKIE.0, "other")]), Err(HandshakeError::NoHost)));
    }

    #[test]
    fn tls_is_given_up_only_where_the_user_says_so() {
        assert!(matches!(host(&[COOKIE]), Err(HandshakeError::NoCertificate)));
        let empty = host(&[COOKIE, ("PLUGIN_CLIENT_CERT", "")]);
        assert!(matches!(empty, Err(HandshakeError::NoCertificate)));
        assert!(host(&[COOKIE, ("TF_DISABLE_PLUGIN_TLS", "1")]).unwrap().client.is_none());

        let certificate = certificate();
        let pem = format!(
            "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
            base64::engine::general_purpose::STANDARD.encode(certificate.der())
        );
        let both = host(&[COOKIE, ("TF_DISABLE_PLUGIN_TLS", "1"), ("PLUGIN_CLIENT_CERT", &pem)]).unwrap();
        assert_eq!(both.client.as_ref(), Some(certificate.der()));
        let garbage = host(&[COOKIE, ("PLUGIN_CLIENT_CERT", "garbage")]);
        assert!(matches!(garbage, Err(HandshakeError::Certificate(_))));
    }

    #[test]
    fn ports_are_a_range() {
        let of = |min, max| {
            host(&[COOKIE, ("TF_DISABLE_PLUGIN_TLS", "1"), ("PLUGIN_MIN_PORT", min), ("PLUGIN_MAX_PORT", max)])
        };
        assert!(of("10", "20").is_ok());
        for (min, max) in [("20", "10"), ("x", "10"), ("1", "70000")] {
            assert!(matches!(of(min, max), Err(HandshakeError::Ports { .. })));
        }
    }

    #[test]
    fn the_answer_has_six_fields_and_a_seventh_when_asked() {
        let plain = [COOKIE, ("TF_DISABLE_PLUGIN_TLS", "")];
        let line = host(&plain).unwrap().answer("unix", "/run/s", None);
        assert_eq!(line, "1|6|unix|/run/s|grpc|\n");

        let certificate = certificate();
        let line = host(&plain).unwrap().answer("unix", "/run/s", Some(certificate.der()));
        let field = line.trim_end().split('|').nth(5).unwrap();
        assert_eq!(STANDARD_NO_PAD.decode(field).unwrap(), certificate.der().as_ref());
        assert_eq!(line.matches('|').count(), 5);
        for der in [vec![1], vec![1, 2], vec![1, 2, 3]] {
            let line = host(&plain).unwrap().answer("unix", "/run/s", Some(&CertificateDer::from(der)));
            assert!(!line.contains('='), "{line}");
        }

        let asked = host(&[plain[0], plain[1], ("PLUGIN_MULTIPLEX_GRPC", "true")]).unwrap();
        assert_eq!(asked.answer("unix", "/run/s", None), "1|6|unix|/run/s|grpc||false\n");
    }
}
