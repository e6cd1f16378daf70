//! Whether a load balancer sends from every zone to every zone.

use super::answer::failed;
use super::{ElbReader, Error};
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
    pub(crate) async fn crosses_zones(&self, balancer: &LoadBalancerArn) -> Result<bool, Error> {
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::aws::loopback::{Loopback, Reply};
    use crate::clock::{Clock, SteppedClock};

    /// What is read of a load balancer of this kind that has this attribute, and in how many calls.
    async fn read(kind: &str, key: &str, value: &str) -> (Result<bool, Error>, usize) {
        let pair = format!("<member><Key>{key}</Key><Value>{value}</Value></member>");
        let server =
            Loopback::serve(move |call| Reply::result(&call.action(), &format!("<Attributes>{pair}</Attributes>")))
                .await;
        let reader = ElbReader::new(server.aws(Arc::new(SteppedClock::new()) as Arc<dyn Clock>));
        let arn =
            format!("arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/{kind}/edge/50dc6c495c0c9188");
        let read = reader.crosses_zones(&LoadBalancerArn::parse(&arn).unwrap()).await;
        (read, server.count("DescribeLoadBalancerAttributes"))
    }

    #[tokio::test]
    async fn only_an_application_load_balancer_needs_not_be_asked() {
        for (value, wanted) in [("true", true), ("false", false)] {
            let (read, calls) = read("net", CROSS_ZONE, value).await;
            assert_eq!((read.unwrap(), calls), (wanted, 1));
        }
        let (read, calls) = read("app", CROSS_ZONE, "false").await;
        assert_eq!((read.unwrap(), calls), (true, 0));
    }

    #[tokio::test]
    async fn an_answer_that_does_not_say_is_none() {
        let error = read("net", "deletion_protection.enabled", "false").await.0.unwrap_err();
        assert!(error.to_string().contains(CROSS_ZONE), "{error}");
    }
}
