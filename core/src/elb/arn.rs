//! The names of load balancers, listeners, rules and target groups.
//!
//! The shapes are those of the Service Authorization Reference for Elastic Load Balancing V2. A kind that stands in
//! an ARN (`app`, `net`, `gwy`) is for showing and for CloudWatch; where behaviour depends on it, AWS is asked.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// A text that is not the ARN that was wanted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArnError {
    /// It has not the six parts of an ARN, or one of them is malformed.
    #[error("read {text:?} as {wanted}: {reason}")]
    Malformed {
        /// The text.
        text: String,
        /// What was wanted.
        wanted: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// It is the ARN of something else.
    #[error("read {text:?} as {wanted}: it is the ARN of {found}")]
    OtherKind {
        /// The text.
        text: String,
        /// What was wanted.
        wanted: &'static str,
        /// What it is.
        found: String,
    },
}

/// The kind of load balancer that an ARN names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LoadBalancerKind {
    /// `app`
    Application,
    /// `net`
    Network,
    /// `gwy`
    Gateway,
}

impl LoadBalancerKind {
    /// The part of the ARN: `app`, `net` or `gwy`.
    pub fn as_str(self) -> &'static str {
        match self {
            LoadBalancerKind::Application => "app",
            LoadBalancerKind::Network => "net",
            LoadBalancerKind::Gateway => "gwy",
        }
    }

    fn read(text: &str) -> Option<Self> {
        [LoadBalancerKind::Application, LoadBalancerKind::Network, LoadBalancerKind::Gateway]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

impl fmt::Display for LoadBalancerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// `arn:PARTITION:elasticloadbalancing:REGION:ACCOUNT:`, the part that every ARN of the service begins with.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Place {
    partition: String,
    region: String,
    account: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "arn:{}:elasticloadbalancing:{}:{}", self.partition, self.region, self.account)
    }
}

/// `KIND/NAME/ID`, the part that names a load balancer.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Balancer {
    kind: LoadBalancerKind,
    name: String,
    id: String,
}

impl fmt::Display for Balancer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.kind, self.name, self.id)
    }
}

/// Any ARN of the service that we have a use for.
enum Parsed {
    LoadBalancer(LoadBalancerArn),
    Listener(ListenerArn),
    Rule(RuleArn),
    TargetGroup(TargetGroupArn),
}

impl Parsed {
    fn describe(&self) -> String {
        match self {
            Parsed::LoadBalancer(_) => "a load balancer".to_owned(),
            Parsed::Listener(_) => "a listener".to_owned(),
            Parsed::Rule(_) => "a listener rule".to_owned(),
            Parsed::TargetGroup(_) => "a target group".to_owned(),
        }
    }
}

fn word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn parse(text: &str, wanted: &'static str) -> Result<Parsed, ArnError> {
    let malformed = |reason: String| ArnError::Malformed { text: text.to_owned(), wanted, reason };
    let other = |found: String| ArnError::OtherKind { text: text.to_owned(), wanted, found };

    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let &[arn, partition, service, region, account, resource] = parts.as_slice() else {
        return Err(malformed("an ARN has six parts with `:` between them".to_owned()));
    };
    if arn != "arn" {
        return Err(malformed("an ARN begins with `arn:`".to_owned()));
    }
    if partition != "aws" && !(partition.starts_with("aws-") && word(partition)) {
        return Err(malformed(format!("{partition:?} is no partition of AWS")));
    }
    if service != "elasticloadbalancing" {
        return Err(other(format!("something of another service, {service:?}")));
    }
    if !word(region) {
        return Err(malformed(format!("{region:?} is no region")));
    }
    if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(malformed(format!("{account:?} is no account id, which has 12 digits")));
    }
    let place =
        Arc::new(Place { partition: partition.to_owned(), region: region.to_owned(), account: account.to_owned() });
    let balancer = |kind: &str, name: &str, id: &str| {
        let Some(kind) = LoadBalancerKind::read(kind) else {
            return Err(malformed(format!("{kind:?} is no kind of load balancer: app, net or gwy")));
        };
        Ok(Arc::new(Balancer { kind, name: name.to_owned(), id: id.to_owned() }))
    };

    let words: Vec<&str> = resource.split('/').collect();
    if let Some(bad) = words.iter().find(|part| !word(part)) {
        return Err(malformed(format!("{bad:?} has no place in {resource:?}")));
    }
    match *words.as_slice() {
        ["listener", kind, name, id, listener] => {
            let balancer = balancer(kind, name, id)?;
            let listener = listener.into();
            Ok(Parsed::Listener(ListenerArn { text: text.into(), place, balancer, listener }))
        }
        ["listener-rule", kind, name, id, listener, _rule] => {
            let balancer = balancer(kind, name, id)?;
            let listener = listener.into();
            Ok(Parsed::Rule(RuleArn { text: text.into(), place, balancer, listener }))
        }
        ["targetgroup", name, id] => {
            let (name, id) = (name.into(), id.into());
            Ok(Parsed::TargetGroup(TargetGroupArn { text: text.into(), place, name, id }))
        }
        ["loadbalancer", kind, name, id] => {
            let balancer = balancer(kind, name, id)?;
            Ok(Parsed::LoadBalancer(LoadBalancerArn { text: text.into(), place, balancer }))
        }
        ["loadbalancer", _] => Err(other("a classic load balancer".to_owned())),
        ["truststore", ..] => Err(other("a trust store".to_owned())),
        ["listener" | "listener-rule" | "targetgroup" | "loadbalancer", ..] => {
            Err(malformed(format!("{resource:?} has not the right number of parts")))
        }
        _ => Err(other(format!("an unknown kind of thing, {resource:?}"))),
    }
}

macro_rules! arn_text {
    ($name:ident, $variant:ident, $wanted:literal) => {
        impl $name {
            /// Reads an ARN.
            ///
            /// # Errors
            ///
            /// It is malformed, or names something else; the error says what.
            pub fn parse(text: &str) -> Result<Self, ArnError> {
                match parse(text, $wanted)? {
                    Parsed::$variant(arn) => Ok(arn),
                    found => {
                        let found = found.describe();
                        Err(ArnError::OtherKind { text: text.to_owned(), wanted: $wanted, found })
                    }
                }
            }

            /// The ARN as it was written.
            pub fn as_str(&self) -> &str {
                &self.text
            }

            /// `aws`, `aws-cn`, `aws-us-gov`...
            pub fn partition(&self) -> &str {
                &self.place.partition
            }

            /// The region.
            pub fn region(&self) -> &str {
                &self.place.region
            }

            /// The account's id, 12 digits.
            pub fn account(&self) -> &str {
                &self.place.account
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&*self.text, f)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.text)
            }
        }

        impl FromStr for $name {
            type Err = ArnError;

            fn from_str(text: &str) -> Result<Self, ArnError> {
                Self::parse(text)
            }
        }
    };
}

/// The ARN of a load balancer.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LoadBalancerArn {
    text: Arc<str>,
    place: Arc<Place>,
    balancer: Arc<Balancer>,
}
arn_text!(LoadBalancerArn, LoadBalancer, "the ARN of a load balancer");

impl LoadBalancerArn {
    /// The kind that the ARN names.
    pub fn kind(&self) -> LoadBalancerKind {
        self.balancer.kind
    }

    /// The load balancer's name.
    pub fn name(&self) -> &str {
        &self.balancer.name
    }

    /// CloudWatch's `LoadBalancer` dimension, `app/NAME/ID`.
    pub(crate) fn dimension(&self) -> String {
        self.balancer.to_string()
    }
}

/// The ARN of a listener.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ListenerArn {
    text: Arc<str>,
    place: Arc<Place>,
    balancer: Arc<Balancer>,
    listener: Arc<str>,
}
arn_text!(ListenerArn, Listener, "the ARN of a listener");

impl ListenerArn {
    /// The listener's load balancer.
    pub fn load_balancer_arn(&self) -> LoadBalancerArn {
        load_balancer(&self.place, &self.balancer)
    }
}

/// The ARN of a listener rule.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RuleArn {
    text: Arc<str>,
    place: Arc<Place>,
    balancer: Arc<Balancer>,
    listener: Arc<str>,
}
arn_text!(RuleArn, Rule, "the ARN of a listener rule");

impl RuleArn {
    /// The listener that the rule belongs to.
    pub(crate) fn listener_arn(&self) -> ListenerArn {
        ListenerArn {
            text: format!("{}:listener/{}/{}", self.place, self.balancer, self.listener).into(),
            place: self.place.clone(),
            balancer: self.balancer.clone(),
            listener: self.listener.clone(),
        }
    }

    /// The load balancer that the rule's listener belongs to.
    pub(crate) fn load_balancer_arn(&self) -> LoadBalancerArn {
        load_balancer(&self.place, &self.balancer)
    }
}

fn load_balancer(place: &Arc<Place>, balancer: &Arc<Balancer>) -> LoadBalancerArn {
    LoadBalancerArn {
        text: format!("{place}:loadbalancer/{balancer}").into(),
        place: place.clone(),
        balancer: balancer.clone(),
    }
}

/// The ARN of a target group.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TargetGroupArn {
    text: Arc<str>,
    place: Arc<Place>,
    name: Arc<str>,
    id: Arc<str>,
}
arn_text!(TargetGroupArn, TargetGroup, "the ARN of a target group");

impl TargetGroupArn {
    /// The target group's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// CloudWatch's `TargetGroup` dimension, `targetgroup/NAME/ID`.
    pub(crate) fn dimension(&self) -> String {
        format!("targetgroup/{}/{}", self.name, self.id)
    }
}

/// The ARN of a place where a share is set: a listener, for its default action, or a listener rule.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RouteArn {
    /// A listener's default action.
    Listener(ListenerArn),
    /// A listener rule.
    Rule(RuleArn),
}

impl RouteArn {
    /// Reads the ARN of a listener or of a listener rule.
    ///
    /// # Errors
    ///
    /// It is malformed, or names something else; the error says what.
    pub fn parse(text: &str) -> Result<Self, ArnError> {
        const WANTED: &str = "the ARN of a listener or a listener rule";
        match parse(text, WANTED)? {
            Parsed::Listener(arn) => Ok(RouteArn::Listener(arn)),
            Parsed::Rule(arn) => Ok(RouteArn::Rule(arn)),
            found => Err(ArnError::OtherKind { text: text.to_owned(), wanted: WANTED, found: found.describe() }),
        }
    }

    /// The ARN as it was written.
    pub fn as_str(&self) -> &str {
        match self {
            RouteArn::Listener(arn) => arn.as_str(),
            RouteArn::Rule(arn) => arn.as_str(),
        }
    }

    /// `aws`, `aws-cn`, `aws-us-gov`...
    pub fn partition(&self) -> &str {
        match self {
            RouteArn::Listener(arn) => arn.partition(),
            RouteArn::Rule(arn) => arn.partition(),
        }
    }

    /// The region.
    pub fn region(&self) -> &str {
        match self {
            RouteArn::Listener(arn) => arn.region(),
            RouteArn::Rule(arn) => arn.region(),
        }
    }

    /// The account's id, 12 digits.
    pub fn account(&self) -> &str {
        match self {
            RouteArn::Listener(arn) => arn.account(),
            RouteArn::Rule(arn) => arn.account(),
        }
    }

    /// The listener: the route itself, or the one that the rule belongs to.
    pub fn listener_arn(&self) -> ListenerArn {
        match self {
            RouteArn::Listener(arn) => arn.clone(),
            RouteArn::Rule(arn) => arn.listener_arn(),
        }
    }

    /// The load balancer that the route belongs to.
    pub fn load_balancer_arn(&self) -> LoadBalancerArn {
        match self {
            RouteArn::Listener(arn) => arn.load_balancer_arn(),
            RouteArn::Rule(arn) => arn.load_balancer_arn(),
        }
    }

    /// The kind of load balancer that the ARN names. For showing only: where it matters, ask AWS.
    pub fn load_balancer_kind(&self) -> LoadBalancerKind {
        match self {
            RouteArn::Listener(arn) => arn.balancer.kind,
            RouteArn::Rule(arn) => arn.balancer.kind,
        }
    }

    /// CloudWatch's `LoadBalancer` dimension, `app/NAME/ID`.
    pub fn load_balancer_dimension(&self) -> String {
        match self {
            RouteArn::Listener(arn) => arn.balancer.to_string(),
            RouteArn::Rule(arn) => arn.balancer.to_string(),
        }
    }
}

impl fmt::Display for RouteArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for RouteArn {
    type Err = ArnError;

    fn from_str(text: &str) -> Result<Self, ArnError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTENER: &str =
        "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2";
    const RULE: &str = "arn:aws-us-gov:elasticloadbalancing:us-gov-west-1:123456789012:listener-rule/net/shop/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee";
    const GROUP: &str =
        "arn:aws-cn:elasticloadbalancing:cn-north-1:123456789012:targetgroup/orders-green/73e2d6bc24d8a067";

    #[test]
    fn a_listener_knows_its_load_balancer() {
        let arn = RouteArn::parse(LISTENER).unwrap();
        assert!(matches!(arn, RouteArn::Listener(_)));
        assert_eq!(arn.as_str(), LISTENER);
        assert_eq!(arn.to_string(), LISTENER);
        assert_eq!((arn.partition(), arn.region(), arn.account()), ("aws", "eu-west-1", "123456789012"));
        assert_eq!(arn.load_balancer_kind(), LoadBalancerKind::Application);
        assert_eq!(arn.load_balancer_dimension(), "app/shop/50dc6c495c0c9188");
        assert_eq!(
            arn.load_balancer_arn().as_str(),
            "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/shop/50dc6c495c0c9188"
        );
        assert_eq!(arn.load_balancer_arn(), LoadBalancerArn::parse(arn.load_balancer_arn().as_str()).unwrap());
    }

    #[test]
    fn a_rule_knows_its_listener() {
        let arn = RouteArn::parse(RULE).unwrap();
        assert!(matches!(arn, RouteArn::Rule(_)));
        assert_eq!(arn.load_balancer_kind(), LoadBalancerKind::Network);
        let listener = arn.listener_arn();
        assert_eq!(
            listener.as_str(),
            "arn:aws-us-gov:elasticloadbalancing:us-gov-west-1:123456789012:listener/net/shop/50dc6c495c0c9188/f2f7dc8efc522ab2"
        );
        assert_eq!(listener, ListenerArn::parse(listener.as_str()).unwrap());
    }

    #[test]
    fn a_target_group_knows_its_dimension() {
        let arn = TargetGroupArn::parse(GROUP).unwrap();
        assert_eq!(arn.name(), "orders-green");
        assert_eq!(arn.dimension(), "targetgroup/orders-green/73e2d6bc24d8a067");
        assert_eq!(arn.partition(), "aws-cn");
    }

    #[test]
    fn an_arn_of_the_wrong_kind_is_refused_by_its_kind() {
        let check = |text: &str, expect: &str| {
            let error = RouteArn::parse(text).unwrap_err().to_string();
            assert!(error.contains(expect), "{text}: {error}");
        };
        check(GROUP, "the ARN of a target group");
        check(
            "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/shop/50dc6c495c0c9188",
            "the ARN of a load balancer",
        );
        check("arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/shop", "a classic load balancer");
        check("arn:aws:elasticloadbalancing:eu-west-1:123456789012:truststore/shop/50dc", "a trust store");
        check("arn:aws:ec2:eu-west-1:123456789012:instance/i-1", "another service, \"ec2\"");
        let error = TargetGroupArn::parse(LISTENER).unwrap_err().to_string();
        assert!(error.contains("the ARN of a listener"), "{error}");
    }

    #[test]
    fn a_malformed_arn_is_refused_with_the_reason() {
        let check = |text: &str, expect: &str| {
            let error = RouteArn::parse(text).unwrap_err();
            assert!(matches!(error, ArnError::Malformed { .. }), "{text}: {error}");
            assert!(error.to_string().contains(expect), "{text}: {error}");
        };
        check("", "six parts");
        check("orders", "six parts");
        check(&LISTENER.replace("arn:", "urn:"), "begins with `arn:`");
        check(&LISTENER.replace(":aws:", ":azure:"), "partition");
    }

    #[test]
    fn every_part_is_checked() {
        let refused = |text: String| {
            assert!(RouteArn::parse(&text).is_err(), "{text}");
        };
        refused(LISTENER.replace("123456789012", "12345678901"));
        refused(LISTENER.replace("123456789012", "12345678901a"));
        refused(LISTENER.replace("eu-west-1", ""));
        refused(LISTENER.replace("/app/", "/lb/"));
        refused(LISTENER.replace("/shop/", "//"));
        refused(format!("{LISTENER}/"));
        refused(format!("{LISTENER} "));
        refused(format!("{LISTENER}:x"));
        refused(format!(" {LISTENER}"));
        refused(format!("{RULE}/1"));
    }

    #[test]
    fn routes_sort_listeners_first() {
        let (listener, rule) = (RouteArn::parse(LISTENER).unwrap(), RouteArn::parse(RULE).unwrap());
        assert!(listener < rule);
    }
}
