//! Whether a load balancer sends from every zone to every zone.

use super::{ElbReader, Error, failed};
use crate::elb::{LoadBalancerArn, LoadBalancerKind};

/// The attribute (Elastic Load Balancing API, LoadBalancerAttribute).
pub const CROSS_ZONE: &str = "load_balancing.cross_zone.enabled";

impl ElbReader {
    /// Whether this load balancer's nodes send to the targets of every zone, where a target group does not say otherwise.
    /// An application load balancer's always do, and are not asked about (Elastic Load Balancing user guide, cross-zone
    /// load balancing).
    ///
    /// # Errors
    ///
    /// A call failed, or its answer does not say.
    pub async fn crosses_zones(&self, balancer: &LoadBalancerArn) -> Result<bool, Error> {
        const ACTION: &str = "describe the attributes of";
        if balancer.kind() == LoadBalancerKind::Application {
            return Ok(true);
        }
        let object = balancer.as_str();
        let client = self.client().await?;
        // This operation has no pages.
        let asked = client.describe_load_balancer_attributes().load_balancer_arn(object).send().await;
        let answer = asked.map_err(|error| failed(ACTION, object, error))?;
        let mut attributes = answer.attributes.unwrap_or_default().into_iter();
        let found = attributes.find(|pair| pair.key.as_deref() == Some(CROSS_ZONE)).and_then(|pair| pair.value);
        let silent = || Error::Answer {
            action: ACTION,
            object: object.to_owned(),
            reason: format!("{CROSS_ZONE} is not among them"),
        };
        Ok(found.ok_or_else(silent)? == "true")
    }
}
