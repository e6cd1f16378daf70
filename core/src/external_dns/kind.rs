//! The kinds of objects that ExternalDNS reads a weight from. Pure.

use std::fmt;

use kube::api::{ApiResource, GroupVersionKind};

/// The group of the routes of the Gateway API.
const GATEWAY: &str = "gateway.networking.k8s.io";

/// A kind of object that ExternalDNS reads a weight from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// An Ingress.
    Ingress,
    /// A Service.
    Service,
    /// A route of the Gateway API for HTTP.
    HttpRoute,
    /// A route of the Gateway API for gRPC.
    GrpcRoute,
    /// A route of the Gateway API for TLS.
    TlsRoute,
    /// A route of the Gateway API for TCP.
    TcpRoute,
    /// A route of the Gateway API for UDP.
    UdpRoute,
    /// ExternalDNS's own: records as they are to be.
    DnsEndpoint,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 8] = [
        Kind::Ingress,
        Kind::Service,
        Kind::HttpRoute,
        Kind::GrpcRoute,
        Kind::TlsRoute,
        Kind::TcpRoute,
        Kind::UdpRoute,
        Kind::DnsEndpoint,
    ];

    /// The kind as Kubernetes writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Ingress => "Ingress",
            Kind::Service => "Service",
            Kind::HttpRoute => "HTTPRoute",
            Kind::GrpcRoute => "GRPCRoute",
            Kind::TlsRoute => "TLSRoute",
            Kind::TcpRoute => "TCPRoute",
            Kind::UdpRoute => "UDPRoute",
            Kind::DnsEndpoint => "DNSEndpoint",
        }
    }

    /// The kind of this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Whether annotations say its weight. A `DNSEndpoint` says it in its endpoints.
    pub fn is_annotated(self) -> bool {
        self != Kind::DnsEndpoint
    }

    /// As ExternalDNS's `--source` has it.
    pub(super) fn source(self) -> &'static str {
        match self {
            Kind::Ingress => "ingress",
            Kind::Service => "service",
            Kind::HttpRoute => "gateway-httproute",
            Kind::GrpcRoute => "gateway-grpcroute",
            Kind::TlsRoute => "gateway-tlsroute",
            Kind::TcpRoute => "gateway-tcproute",
            Kind::UdpRoute => "gateway-udproute",
            Kind::DnsEndpoint => "crd",
        }
    }

    /// Its API group; empty for the core group.
    pub(super) fn group(self) -> &'static str {
        match self {
            Kind::Ingress => "networking.k8s.io",
            Kind::Service => "",
            Kind::DnsEndpoint => "externaldns.k8s.io",
            _ => GATEWAY,
        }
    }

    /// Its name in paths.
    pub(super) fn plural(self) -> &'static str {
        match self {
            Kind::Ingress => "ingresses",
            Kind::Service => "services",
            Kind::HttpRoute => "httproutes",
            Kind::GrpcRoute => "grpcroutes",
            Kind::TlsRoute => "tlsroutes",
            Kind::TcpRoute => "tcproutes",
            Kind::UdpRoute => "udproutes",
            Kind::DnsEndpoint => "dnsendpoints",
        }
    }

    /// The versions in which clusters serve it, the newest first. All show one and the same object. (Gateway API: routes for
    /// TLS are `v1` from 1.5 on, which serves no older version any more; those for TCP and UDP from 1.6 on.)
    pub(super) fn versions(self) -> &'static [&'static str] {
        match self {
            Kind::Ingress | Kind::Service | Kind::HttpRoute | Kind::GrpcRoute => &["v1"],
            Kind::TlsRoute => &["v1", "v1alpha3", "v1alpha2"],
            Kind::TcpRoute | Kind::UdpRoute => &["v1", "v1alpha2"],
            Kind::DnsEndpoint => &["v1alpha1"],
        }
    }

    /// Where the API has it in one of its versions.
    pub(super) fn resource(self, version: &str) -> ApiResource {
        ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk(self.group(), version, self.as_str()), self.plural())
    }
}

/// Which object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectRef {
    /// Its kind.
    pub kind: Kind,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}/{}", self.kind.as_str(), self.namespace, self.name)
    }
}
