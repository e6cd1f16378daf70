//! `weights(share, total)`: a percentage as two whole numbers.

use eksmig_core::share;
use tfplugin::{Function, FunctionError, Parameter, Signature, Type, Value, async_trait};

use crate::functions::{count, percentage};

/// The function.
#[derive(Debug)]
pub struct Weights;

#[async_trait]
impl Function for Weights {
    fn name(&self) -> &str {
        "weights"
    }

    fn signature(&self) -> Signature {
        Signature::returning(Type::object([("blue", Type::Number), ("green", Type::Number)]))
            .summary("A green weight in percent, as two whole numbers that add up to a total")
            .description(
                "The two weights add up to `total` and come as near to `share` as whole numbers can. A share that is \
                 neither 0 nor 100 never becomes a weight of 0.",
            )
            .parameter(Parameter::new("share", Type::Number).description("Green's percentage, 0 to 100."))
            .parameter(Parameter::new("total", Type::Number).description("What the two weights add up to, at least 1."))
    }

    async fn call(&self, args: Vec<Value>) -> Result<Value, FunctionError> {
        let (share, total) = (percentage(&args, 0, "share")?, count(&args, 1, "total")?);
        let total = u32::try_from(total).map_err(|_| FunctionError::argument(1, "total: too large."))?;
        let weights = share::divide(total, share).ok_or_else(|| {
            FunctionError::argument(
                1,
                format!("total: {share}% of {total} is neither all nor nothing; at least 2 is needed."),
            )
        })?;
        Ok(Value::object([
            ("blue", Value::from(i64::from(weights.blue))),
            ("green", Value::from(i64::from(weights.green))),
        ]))
    }
}
