//! CloudWatch as a test sees it: alarms it sets, metrics it puts.

use std::time::{Duration, SystemTime};

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::types::{
    ComparisonOperator, Dimension, Metric, MetricDataQuery, MetricDatum, MetricStat, StandardUnit, StateValue,
    Statistic,
};

use crate::blocking::wait;
use crate::world::World;

/// CloudWatch in a world's region.
#[derive(Debug)]
pub struct Alarms {
    client: Client,
}

impl Alarms {
    /// The alarms of a world.
    pub fn of(world: &World) -> Self {
        Self { client: Client::new(world.config()) }
    }

    /// Makes a metric alarm and puts it into a state.
    pub fn make(&self, name: &str, state: StateValue) {
        let request = self
            .client
            .put_metric_alarm()
            .alarm_name(name)
            .namespace("eksmig")
            .metric_name("errors")
            .statistic(Statistic::Sum)
            .period(60)
            .evaluation_periods(1)
            .threshold(1.0)
            .comparison_operator(ComparisonOperator::GreaterThanThreshold);
        wait(request.send()).unwrap();
        self.set(name, state);
    }

    /// Makes a composite alarm over `rule` and puts it into a state.
    pub fn make_composite(&self, name: &str, rule: &str, state: StateValue) {
        wait(self.client.put_composite_alarm().alarm_name(name).alarm_rule(rule).send()).unwrap();
        self.set(name, state);
    }

    /// Puts an alarm into a state.
    pub fn set(&self, name: &str, state: StateValue) {
        let request = self.client.set_alarm_state().alarm_name(name).state_value(state).state_reason("a test says so");
        wait(request.send()).unwrap();
    }

    /// The states of the alarms of both kinds with these names.
    pub fn states(&self, names: &[&str]) -> Vec<(String, StateValue)> {
        use aws_sdk_cloudwatch::types::AlarmType::{CompositeAlarm, MetricAlarm};
        let mut request = self.client.describe_alarms().alarm_types(CompositeAlarm).alarm_types(MetricAlarm);
        for name in names {
            request = request.alarm_names(*name);
        }
        let found = wait(request.send()).unwrap();
        let metric = found.metric_alarms().iter().map(|alarm| (alarm.alarm_name(), alarm.state_value()));
        let composite = found.composite_alarms().iter().map(|alarm| (alarm.alarm_name(), alarm.state_value()));
        metric.chain(composite).map(|(name, state)| (name.unwrap().to_owned(), state.unwrap().clone())).collect()
    }

    /// Puts a count of an application load balancer's target group metric, as of the last whole minute but one.
    pub fn count(&self, balancer: &str, target_group: &str, metric: &str, value: f64) {
        let dimension =
            |name: &str, arn: &str, start: &str| Dimension::builder().name(name).value(short(arn, start)).build();
        let datum = MetricDatum::builder()
            .metric_name(metric)
            .value(value)
            .unit(StandardUnit::Count)
            .timestamp((time_of_day() - Duration::from_secs(90)).into())
            .dimensions(dimension("LoadBalancer", balancer, "loadbalancer/"))
            .dimensions(dimension("TargetGroup", target_group, ":"))
            .build();
        wait(self.client.put_metric_data().namespace("AWS/ApplicationELB").metric_data(datum).send()).unwrap();
    }

    /// The sum of a metric of `count`'s over the last ten minutes.
    pub fn sum(&self, balancer: &str, target_group: &str, metric: &str) -> f64 {
        let named = Metric::builder()
            .namespace("AWS/ApplicationELB")
            .metric_name(metric)
            .dimensions(Dimension::builder().name("LoadBalancer").value(short(balancer, "loadbalancer/")).build())
            .dimensions(Dimension::builder().name("TargetGroup").value(short(target_group, ":")).build())
            .build();
        let stat = MetricStat::builder().metric(named).period(60).stat("Sum").build();
        let query = MetricDataQuery::builder().id("asked").metric_stat(stat).build();
        let request = self.client.get_metric_data().metric_data_queries(query);
        let request =
            request.start_time((time_of_day() - Duration::from_secs(600)).into()).end_time(time_of_day().into());
        wait(request.send()).unwrap().metric_data_results()[0].values().iter().sum()
    }
}

/// An ARN's ending, as CloudWatch's dimensions name load balancers and target groups.
pub(crate) fn short(arn: &str, start: &str) -> String {
    arn.rsplit_once(start).unwrap().1.to_owned()
}

#[expect(clippy::disallowed_methods, reason = "a metric's datum carries a time of day")]
pub(crate) fn time_of_day() -> SystemTime {
    SystemTime::now()
}
