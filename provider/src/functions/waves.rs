//! `waves(services, size)`: services in groups that move one after the other.

use tfplugin::{Function, FunctionError, Parameter, Signature, Type, Value, async_trait};

use crate::functions::count;

/// The function.
#[derive(Debug)]
pub struct Waves;

#[async_trait]
impl Function for Waves {
    fn name(&self) -> &str {
        "waves"
    }

    fn signature(&self) -> Signature {
        Signature::returning(Type::list(Type::list(Type::String)))
            .summary("Services in waves of a size, in their order")
            .description(
                "Cuts a list of names into waves of at most `size`, keeping the order, so that a migration can move one \
                 wave after the other. A name that is listed twice is an error.",
            )
            .parameter(Parameter::new("services", Type::list(Type::String)).description("The names, in order."))
            .parameter(Parameter::new("size", Type::Number).description("How many a wave has at most, at least 1."))
    }

    async fn call(&self, args: Vec<Value>) -> Result<Value, FunctionError> {
        let size = count(&args, 1, "size")?;
        let Some(Value::List(services)) = args.first().map(Value::untagged) else {
            return Err(FunctionError::argument(0, "services: a list of names is needed."));
        };
        let mut seen = std::collections::BTreeSet::new();
        for service in services {
            let name = service.as_str().ok_or_else(|| FunctionError::argument(0, "services: a name is null."))?;
            if !seen.insert(name) {
                return Err(FunctionError::argument(0, format!("services: {name:?} is listed twice.")));
            }
        }
        Ok(Value::list(services.chunks(size).map(|wave| Value::List(wave.to_vec()))))
    }
}
