//! The AWS services that this crate calls, by the names that users write.

use std::fmt;
use std::str::FromStr;

/// An AWS service: what an endpoint or a budget of calls belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Service {
    /// Elastic Load Balancing, version 2: application, network and gateway load balancers.
    Elbv2,
    /// Route 53.
    Route53,
    /// API Gateway, REST APIs.
    ApiGateway,
    /// API Gateway, HTTP and WebSocket APIs.
    ApiGatewayV2,
    /// EC2 Auto Scaling.
    AutoScaling,
    /// CloudWatch metrics and alarms.
    CloudWatch,
    /// Elastic Kubernetes Service.
    Eks,
    /// Security Token Service.
    Sts,
}

impl Service {
    /// Every service, in the order of the declaration.
    pub const ALL: [Service; 8] = [
        Service::Elbv2,
        Service::Route53,
        Service::ApiGateway,
        Service::ApiGatewayV2,
        Service::AutoScaling,
        Service::CloudWatch,
        Service::Eks,
        Service::Sts,
    ];

    /// The name that users write as a key of `endpoints`.
    pub fn as_str(self) -> &'static str {
        match self {
            Service::Elbv2 => "elbv2",
            Service::Route53 => "route53",
            Service::ApiGateway => "apigateway",
            Service::ApiGatewayV2 => "apigatewayv2",
            Service::AutoScaling => "autoscaling",
            Service::CloudWatch => "cloudwatch",
            Service::Eks => "eks",
            Service::Sts => "sts",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names none of the services.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "find no service called {0:?}; the services are elbv2, route53, apigateway, apigatewayv2, autoscaling, cloudwatch, eks and sts"
)]
pub struct UnknownService(String);

impl FromStr for Service {
    type Err = UnknownService;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Service::ALL.into_iter().find(|service| service.as_str() == text).ok_or_else(|| UnknownService(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back() {
        for service in Service::ALL {
            assert_eq!(service.as_str().parse(), Ok(service));
        }
    }

    #[test]
    fn an_unknown_name_is_refused_with_the_choices() {
        let error = "elb".parse::<Service>().unwrap_err().to_string();
        for service in Service::ALL {
            assert!(error.contains(service.as_str()), "{error}");
        }
    }
}
