//! `ramp(from, to, step)`: the percentages on a way.

use std::time::Duration;

use eksmig_core::schedule::{self, Schedule, Waypoints};
use tfplugin::{Function, FunctionError, Parameter, Signature, Type, Value, async_trait};

use crate::blocks::share;
use crate::functions::percentage;

/// The function.
#[derive(Debug)]
pub struct Ramp;

#[async_trait]
impl Function for Ramp {
    fn name(&self) -> &str {
        "ramp"
    }

    fn signature(&self) -> Signature {
        Signature::returning(Type::list(Type::Number))
            .summary("The percentages on the way from one green weight to another")
            .description(
                "Every multiple of `step` between `from` and `to`, and `to` itself at the end; `from` is not included. \
                 Falls where `to` is below `from`. The same steps that `ramp = { step = ... }` takes.",
            )
            .parameter(Parameter::new("from", Type::Number).description("Where the way begins, 0 to 100."))
            .parameter(Parameter::new("to", Type::Number).description("Where it ends, 0 to 100."))
            .parameter(Parameter::new("step", Type::Number).description("The spacing, above 0, one decimal allowed."))
    }

    async fn call(&self, args: Vec<Value>) -> Result<Value, FunctionError> {
        let (from, to) = (percentage(&args, 0, "from")?, percentage(&args, 1, "to")?);
        let step = percentage(&args, 2, "step")?;
        let ramp = schedule::Ramp::new(Waypoints::Every(step), Duration::ZERO, true)
            .map_err(|error| FunctionError::argument(2, format!("step: {error}.")))?;
        let schedule = Schedule::new(&ramp, &[from], to);
        Ok(Value::list(schedule.steps.iter().map(|step| share::value(step.share))))
    }
}
