//! What load balancers publish to CloudWatch, as a test has it published.

use std::time::{Duration, SystemTime};

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::types::{Dimension, MetricDatum};

use crate::alarms::{short, time_of_day};
use crate::blocking::wait;
use crate::world::World;

/// The metrics of one load balancer.
#[derive(Debug, Clone)]
pub struct Counts {
    client: Client,
    balancer: String,
    namespace: &'static str,
}

impl Counts {
    /// Those of a load balancer, by its ARN.
    pub fn of(world: &World, balancer: &str) -> Self {
        let short = short(balancer, "loadbalancer/");
        let namespace = if short.starts_with("net/") { "AWS/NetworkELB" } else { "AWS/ApplicationELB" };
        Self { client: Client::new(world.config()), balancer: short, namespace }
    }

    /// Publishes a value for each of these minutes, counted back from the present one, which is 0; of a target group, or
    /// of the whole load balancer.
    pub fn publish(&self, group: Option<&str>, metric: &str, minutes: impl IntoIterator<Item = u64>, value: f64) {
        let ago = |minutes: u64| time_of_day() - Duration::from_secs(60 * minutes);
        wait(self.put(group, metric, minutes.into_iter().map(ago), value));
    }

    /// Publishes a value at each of these times.
    pub async fn put(&self, group: Option<&str>, metric: &str, times: impl Iterator<Item = SystemTime>, value: f64) {
        let dimension = |name: &str, value: &str| Dimension::builder().name(name).value(value).build();
        let balancer = dimension("LoadBalancer", &self.balancer);
        let group = group.map(|arn| dimension("TargetGroup", &short(arn, ":")));
        let dimensions: Vec<Dimension> = std::iter::once(balancer).chain(group).collect();
        let datum = |time: SystemTime| {
            let datum = MetricDatum::builder().metric_name(metric).value(value).timestamp(time.into());
            datum.set_dimensions(Some(dimensions.clone())).build()
        };
        let request = self.client.put_metric_data().namespace(self.namespace);
        request.set_metric_data(Some(times.map(datum).collect())).send().await.unwrap();
    }
}
