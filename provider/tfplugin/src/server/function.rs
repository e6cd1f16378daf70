//! Requests about functions.

use std::collections::HashMap;

use super::dynamic;
use super::offer::Offer;
use crate::diagnostic::Diagnostics;
use crate::function::{FunctionError, Parameter, Signature};
use crate::proto::tfplugin6::{self as proto, DynamicValue, StringKind, call_function, get_functions};
use crate::value::Value;

pub(super) fn all(offer: &Offer) -> get_functions::Response {
    get_functions::Response { functions: protos(offer), diagnostics: offer.clashes.clone().into_proto() }
}

pub(super) fn protos(offer: &Offer) -> HashMap<String, proto::Function> {
    offer.functions.iter().map(|(name, function)| (name.clone(), to_proto(function.signature()))).collect()
}

pub(super) async fn call(offer: &Offer, request: call_function::Request) -> Result<DynamicValue, FunctionError> {
    let function = offer
        .functions
        .get(&request.name)
        .ok_or_else(|| FunctionError::new(format!("There is no function {:?}.", request.name)))?;
    let signature = function.signature();
    let args = arguments(signature, &request.arguments)?;
    let result = function.item.call(args).await?;
    dynamic::write(&result, signature.returns(), "result").map_err(|error| error_from(&error))
}

fn arguments(signature: &Signature, given: &[DynamicValue]) -> Result<Vec<Value>, FunctionError> {
    let (wanted, variadic) = (signature.parameters(), signature.variadic_parameter());
    if given.len() < wanted.len() || (given.len() > wanted.len() && variadic.is_none()) {
        let count = wanted.len();
        return Err(FunctionError::new(format!("It takes {count} arguments, not {}.", given.len())));
    }
    let parameters = wanted.iter().chain(variadic.into_iter().cycle());
    given
        .iter()
        .zip(parameters)
        .zip(0..)
        .map(|((value, parameter), position)| {
            dynamic::read(Some(value), parameter.ty(), parameter.name())
                .map_err(|error| FunctionError { argument: Some(position), ..error_from(&error) })
        })
        .collect()
}

/// A function's error is one text.
pub(super) fn error_from(diagnostics: &Diagnostics) -> FunctionError {
    let texts: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
    FunctionError::new(texts.join("\n"))
}

pub(super) fn failed(error: FunctionError) -> call_function::Response {
    call_function::Response {
        result: None,
        error: Some(proto::FunctionError { text: error.text, function_argument: error.argument }),
    }
}

fn to_proto(signature: &Signature) -> proto::Function {
    proto::Function {
        parameters: signature.parameters().iter().map(parameter).collect(),
        variadic_parameter: signature.variadic_parameter().map(parameter),
        r#return: Some(proto::function::Return { r#type: signature.returns().to_json_bytes() }),
        summary: signature.summary_line().to_owned(),
        description: signature.markdown().to_owned(),
        description_kind: StringKind::Markdown.into(),
        deprecation_message: String::new(),
    }
}

fn parameter(parameter: &Parameter) -> proto::function::Parameter {
    proto::function::Parameter {
        name: parameter.name().to_owned(),
        r#type: parameter.ty().to_json_bytes(),
        allow_null_value: parameter.allows_null(),
        allow_unknown_values: parameter.allows_unknown(),
        description: parameter.markdown().to_owned(),
        description_kind: StringKind::Markdown.into(),
    }
}
