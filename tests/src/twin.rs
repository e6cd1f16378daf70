//! The HCL of a twin, and what it is read back as.

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::types::{
    Listener, ListenerAttribute, TargetGroup as Described, TargetGroupAttribute,
};

use crate::blocking::wait;
use crate::world::World;

/// The tag that says whose twin a target group or a listener is.
pub const MARK: &str = "eksmig:twin-of";
/// The address of the twin of a target group.
pub const GROUP: &str = "eksmig_target_group_twin.green";
/// The address of the twin of a listener.
pub const LISTENER: &str = "eksmig_nlb_listener_twin.green";

/// The twin of a target group, with these arguments besides.
pub fn group(source: &str, arguments: &str) -> String {
    format!(
        "resource \"eksmig_target_group_twin\" \"green\" {{\n  source_arn = {source:?}\n  {arguments}\n}}\n\noutput \"arn\" {{\n  value = {GROUP}.arn\n}}\n"
    )
}

/// The twin of a listener, with these arguments besides.
pub fn listener(source: &str, target_group: &str, arguments: &str) -> String {
    format!(
        "resource \"eksmig_nlb_listener_twin\" \"green\" {{\n  source_arn       = {source:?}\n  target_group_arn = {target_group:?}\n  {arguments}\n}}\n"
    )
}

impl World {
    /// A target group as AWS has it; none if there is none of that name.
    pub fn group_named(&self, name: &str) -> Option<Described> {
        let found = wait(self.client().describe_target_groups().names(name).send());
        found.ok().and_then(|found| found.target_groups.unwrap_or_default().pop())
    }

    /// The target groups whose names begin with this world's.
    pub fn groups(&self) -> Vec<Described> {
        let all = wait(self.client().describe_target_groups().send()).unwrap().target_groups.unwrap_or_default();
        let start = format!("{}-", self.name());
        all.into_iter().filter(|group| group.target_group_name().is_some_and(|name| name.starts_with(&start))).collect()
    }

    /// A target group's attributes.
    pub fn group_attributes(&self, arn: &str) -> BTreeMap<String, String> {
        let found = wait(self.client().describe_target_group_attributes().target_group_arn(arn).send()).unwrap();
        let pairs = found.attributes.unwrap_or_default().into_iter();
        pairs.map(|pair| (pair.key.unwrap(), pair.value.unwrap_or_default())).collect()
    }

    /// Sets an attribute of a target group.
    pub fn set_group_attribute(&self, arn: &str, key: &str, value: &str) {
        let pair = TargetGroupAttribute::builder().key(key).value(value).build();
        wait(self.client().modify_target_group_attributes().target_group_arn(arn).attributes(pair).send()).unwrap();
    }

    /// The listeners of a load balancer, by port.
    pub fn listeners_of(&self, balancer: &str) -> BTreeMap<i32, Listener> {
        let all = wait(self.client().describe_listeners().load_balancer_arn(balancer).send()).unwrap();
        all.listeners.unwrap_or_default().into_iter().map(|one| (one.port().unwrap(), one)).collect()
    }

    /// A listener's certificates, the default one first.
    pub fn certificates(&self, listener: &str) -> Vec<String> {
        let found = wait(self.client().describe_listener_certificates().listener_arn(listener).send()).unwrap();
        let mut all = found.certificates.unwrap_or_default();
        all.sort_by_key(|one| (one.is_default != Some(true), one.certificate_arn.clone()));
        all.into_iter().map(|one| one.certificate_arn.unwrap()).collect()
    }

    /// A listener's attributes.
    pub fn listener_attributes(&self, arn: &str) -> BTreeMap<String, String> {
        let found = wait(self.client().describe_listener_attributes().listener_arn(arn).send()).unwrap();
        let pairs = found.attributes.unwrap_or_default().into_iter();
        pairs.map(|pair| (pair.key.unwrap(), pair.value.unwrap_or_default())).collect()
    }

    /// Sets an attribute of a listener.
    pub fn set_listener_attribute(&self, arn: &str, key: &str, value: &str) {
        let pair = ListenerAttribute::builder().key(key).value(value).build();
        wait(self.client().modify_listener_attributes().listener_arn(arn).attributes(pair).send()).unwrap();
    }

    /// The tags of an object.
    pub fn tags(&self, arn: &str) -> BTreeMap<String, String> {
        let found = wait(self.client().describe_tags().resource_arns(arn).send()).unwrap();
        let tags = found.tag_descriptions.unwrap_or_default().into_iter().flat_map(|one| one.tags.unwrap_or_default());
        tags.map(|tag| (tag.key.unwrap(), tag.value.unwrap_or_default())).collect()
    }

    /// Writes tags.
    pub fn tag(&self, arn: &str, tags: &[(&str, &str)]) {
        use aws_sdk_elasticloadbalancingv2::types::Tag;
        let tags = tags.iter().map(|(key, value)| Tag::builder().key(*key).value(*value).build()).collect();
        wait(self.client().add_tags().resource_arns(arn).set_tags(Some(tags)).send()).unwrap();
    }
}

/// A target group without what tells one from another: its name, its ARN and who uses it.
pub fn settings(mut group: Described) -> Described {
    group.target_group_arn = None;
    group.target_group_name = None;
    group.load_balancer_arns = None;
    group
}
