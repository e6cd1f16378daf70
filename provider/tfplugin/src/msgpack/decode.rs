//! MessagePack to values.

use std::collections::BTreeMap;

use super::token::{Token, Tokens};
use super::{REFINED, refinement};
use crate::mismatch::Mismatch;
use crate::number::Number;
use crate::refinement::Refinement;
use crate::trail::Trail;
use crate::ty::Type;
use crate::value::Value;

/// Reads a value of that type.
///
/// # Errors
///
/// Where the bytes hold something else.
pub fn decode(bytes: &[u8], ty: &Type) -> Result<Value, Mismatch> {
    let mut tokens = Tokens::new(bytes);
    let value = value(&mut tokens, ty, &Trail::ROOT)?;
    if tokens.is_empty() { Ok(value) } else { Err(Trail::ROOT.mismatch("is followed by more bytes")) }
}

fn value(tokens: &mut Tokens<'_>, ty: &Type, trail: &Trail<'_>) -> Result<Value, Mismatch> {
    trail.check_depth()?;
    Ok(match (ty, next(tokens, trail)?) {
        (_, Token::Nil) => Value::Null,
        (_, Token::Ext(REFINED, payload)) => Value::Unknown(refinement::read(payload).unwrap_or_default()),
        (_, Token::Ext(..)) => Value::Unknown(Refinement::NONE),
        (Type::Bool, Token::Bool(truth)) => Value::Bool(truth),
        (Type::String, Token::Str(bytes)) => Value::String(text(bytes, trail)?.to_owned()),
        (Type::Number, token @ (Token::Int(_) | Token::Uint(_) | Token::Float(_) | Token::Str(_))) => {
            Value::Number(number(token, trail)?)
        }
        (Type::List(element), Token::Array(length)) => {
            Value::List((0..length).map(|index| value(tokens, element, &trail.index(index))).collect::<Result<_, _>>()?)
        }
        (Type::Set(element), Token::Array(length)) => {
            Value::Set((0..length).map(|_| value(tokens, element, &trail.inside())).collect::<Result<_, _>>()?)
        }
        (Type::Tuple(elements), Token::Array(length)) => {
            if length != elements.len() {
                return Err(trail.mismatch(format!("must have {} elements, not {length}", elements.len())));
            }
            Value::Tuple(
                elements
                    .iter()
                    .enumerate()
                    .map(|(index, element)| value(tokens, element, &trail.index(index)))
                    .collect::<Result<_, _>>()?,
            )
        }
        (Type::Map(element), Token::Map(length)) => {
            let mut elements = BTreeMap::new();
            for _ in 0..length {
                let key = key(tokens, trail)?;
                let value = value(tokens, element, &trail.key(key))?;
                elements.insert(key.to_owned(), value);
            }
            Value::Map(elements)
        }
        (Type::Object(types, _), Token::Map(length)) => object(tokens, types, length, trail)?,
        (Type::Dynamic, Token::Array(length)) => tagged(tokens, length, trail)?,
        (_, token) => return Err(trail.mismatch(format!("must be {ty}, not {}", kind(token)))),
    })
}

/// Terraform sends every attribute, once.
fn object(
    tokens: &mut Tokens<'_>,
    types: &BTreeMap<String, Type>,
    length: usize,
    trail: &Trail<'_>,
) -> Result<Value, Mismatch> {
    let mut attributes = BTreeMap::new();
    for _ in 0..length {
        let name = key(tokens, trail)?;
        let here = trail.attr(name);
        let ty = types.get(name).ok_or_else(|| here.mismatch("is no attribute of this object"))?;
        let value = value(tokens, ty, &here)?;
        if attributes.insert(name.to_owned(), value).is_some() {
            return Err(here.mismatch("is there twice"));
        }
    }
    match types.keys().find(|name| !attributes.contains_key(*name)) {
        Some(name) => Err(trail.attr(name).mismatch("is missing")),
        None => Ok(Value::Object(attributes)),
    }
}

/// A value in a dynamic place: its type, then itself.
fn tagged(tokens: &mut Tokens<'_>, length: usize, trail: &Trail<'_>) -> Result<Value, Mismatch> {
    let ty = match (length, next(tokens, trail)?) {
        (2, Token::Bin(json) | Token::Str(json)) => {
            Type::from_json_bytes(json).map_err(|error| trail.mismatch(error.to_string()))?
        }
        _ => return Err(trail.mismatch("must be a type and a value")),
    };
    let value = value(tokens, &ty, &trail.inside())?;
    Ok(match ty {
        // A tag that says nothing is left out.
        Type::Dynamic => value,
        ty => Value::Dynamic(Box::new((ty, value))),
    })
}

/// A number in any of its forms.
pub(super) fn number(token: Token<'_>, trail: &Trail<'_>) -> Result<Number, Mismatch> {
    match token {
        Token::Int(whole) => Ok(whole.into()),
        Token::Uint(whole) => Ok(whole.into()),
        Token::Float(float) => {
            // Terraform sends a float only for what a float holds exactly.
            Number::from_f64_exactly(float).ok_or_else(|| trail.mismatch("must be a number, not NaN"))
        }
        Token::Str(bytes) => {
            text(bytes, trail)?.parse().map_err(|error: crate::number::NumberError| trail.mismatch(error.to_string()))
        }
        other => Err(trail.mismatch(format!("must be number, not {}", kind(other)))),
    }
}

fn next<'a>(tokens: &mut Tokens<'a>, trail: &Trail<'_>) -> Result<Token<'a>, Mismatch> {
    tokens.next().map_err(|error| trail.mismatch(error.to_string()))
}

fn key<'a>(tokens: &mut Tokens<'a>, trail: &Trail<'_>) -> Result<&'a str, Mismatch> {
    match next(tokens, trail)? {
        Token::Str(bytes) => text(bytes, trail),
        other => Err(trail.mismatch(format!("must have strings for keys, not {}", kind(other)))),
    }
}

fn text<'a>(bytes: &'a [u8], trail: &Trail<'_>) -> Result<&'a str, Mismatch> {
    std::str::from_utf8(bytes).map_err(|_| trail.mismatch("is not UTF-8"))
}

fn kind(token: Token<'_>) -> &'static str {
    match token {
        Token::Nil => "null",
        Token::Bool(_) => "a bool",
        Token::Int(_) | Token::Uint(_) | Token::Float(_) => "a number",
        Token::Str(_) => "a string",
        Token::Bin(_) => "bytes",
        Token::Array(_) => "an array",
        Token::Map(_) => "a map",
        Token::Ext(..) => "an unknown value",
    }
}
