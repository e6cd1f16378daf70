//! Two ports of one network load balancer: what the room that reads listeners finds, and what the room that edits APIs
//! is given.

/// One listener of a network load balancer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// The listener's ARN.
    pub listener: String,
    /// The port, 1 to 65535.
    pub number: u16,
    /// `TCP`, `TLS`…, as AWS writes it.
    pub protocol: String,
    /// The ARNs of the target groups that it forwards a share above zero to.
    pub target_groups: Vec<String>,
}

/// Blue's and green's listener on one network load balancer, with one protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortPair {
    /// The load balancer's ARN.
    pub balancer: String,
    /// Its DNS name; none where AWS does not say.
    pub dns_name: Option<String>,
    /// Where blue is served.
    pub blue: Port,
    /// Where green is served.
    pub green: Port,
}
