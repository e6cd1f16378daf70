//! `parse_route_arn(arn)`: what a listener's or a rule's ARN says.

use eksmig_core::elb::RouteArn;
use tfplugin::{Function, FunctionError, Parameter, Signature, Type, Value, async_trait};

/// The function.
#[derive(Debug)]
pub struct ParseRouteArn;

const PARTS: [&str; 8] = [
    "kind",
    "partition",
    "region",
    "account_id",
    "load_balancer_type",
    "load_balancer_name",
    "load_balancer_arn",
    "listener_arn",
];

#[async_trait]
impl Function for ParseRouteArn {
    fn name(&self) -> &str {
        "parse_route_arn"
    }

    fn signature(&self) -> Signature {
        Signature::returning(Type::object(PARTS.map(|part| (part, Type::String))))
            .summary("The parts of a listener's or a rule's ARN")
            .description(
                "`kind` is `listener` or `rule`; `load_balancer_type` is `app`, `net` or `gwy`. For a rule, \
                 `listener_arn` is the ARN of its listener; for a listener, its own.",
            )
            .parameter(Parameter::new("arn", Type::String).description("The ARN of a listener or of a listener rule."))
    }

    async fn call(&self, args: Vec<Value>) -> Result<Value, FunctionError> {
        let text = args.first().and_then(Value::as_str).unwrap_or_default();
        let route = RouteArn::parse(text).map_err(|error| FunctionError::argument(0, format!("arn: {error}.")))?;
        let kind = match &route {
            RouteArn::Listener(_) => "listener",
            RouteArn::Rule(_) => "rule",
        };
        let balancer = route.load_balancer_arn();
        let parts = [
            kind.to_owned(),
            route.partition().to_owned(),
            route.region().to_owned(),
            route.account().to_owned(),
            balancer.kind().as_str().to_owned(),
            balancer.name().to_owned(),
            balancer.as_str().to_owned(),
            route.listener_arn().as_str().to_owned(),
        ];
        Ok(Value::object(PARTS.into_iter().zip(parts.map(Value::from))))
    }
}
