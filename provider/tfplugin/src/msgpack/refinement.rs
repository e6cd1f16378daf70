//! The payload of an unknown value: a map by number of what is promised.

use rmp::encode::{ByteBuf, write_array_len, write_bool, write_map_len, write_str, write_uint};

use super::decode;
use super::encode;
use super::token::{Token, Tokens};
use crate::number::Number;
use crate::refinement::Refinement;
use crate::trail::Trail;

/// A longer payload is not read by Terraform.
const MAX_PAYLOAD: usize = 1024;

const NULLNESS: u64 = 1;
const PREFIX: u64 = 2;
const MIN: u64 = 3;
const MAX: u64 = 4;
const MIN_LENGTH: u64 = 5;
const MAX_LENGTH: u64 = 6;

/// `None` where the payload makes no sense: then nothing is promised. Promises of a kind that is not known here
/// end the reading, and those before them hold.
pub(super) fn read(payload: &[u8]) -> Option<Refinement> {
    let mut tokens = Tokens::new(payload);
    let mut read = Refinement::NONE;
    let Ok(Token::Map(length)) = tokens.next() else {
        return None;
    };
    for _ in 0..length {
        match (tokens.next().ok()?, &mut tokens) {
            (Token::Uint(NULLNESS), tokens) => read.not_null = tokens.next() == Ok(Token::Bool(false)),
            (Token::Uint(PREFIX), tokens) => match tokens.next() {
                Ok(Token::Str(prefix)) => read.prefix = Some(std::str::from_utf8(prefix).ok()?.to_owned()),
                _ => return None,
            },
            (Token::Uint(MIN), tokens) => read.min = Some(bound(tokens)?),
            (Token::Uint(MAX), tokens) => read.max = Some(bound(tokens)?),
            (Token::Uint(MIN_LENGTH), tokens) => read.min_length = Some(length_bound(tokens)?),
            (Token::Uint(MAX_LENGTH), tokens) => read.max_length = Some(length_bound(tokens)?),
            _ => break,
        }
    }
    Some(read)
}

fn bound(tokens: &mut Tokens<'_>) -> Option<(Number, bool)> {
    let Ok(Token::Array(2)) = tokens.next() else {
        return None;
    };
    let number = decode::number(tokens.next().ok()?, &Trail::ROOT).ok()?;
    match tokens.next() {
        Ok(Token::Bool(inclusive)) => Some((number, inclusive)),
        _ => None,
    }
}

fn length_bound(tokens: &mut Tokens<'_>) -> Option<u64> {
    match tokens.next() {
        Ok(Token::Uint(length)) => Some(length),
        Ok(Token::Int(length)) => u64::try_from(length).ok(),
        _ => None,
    }
}

/// `None` where nothing is promised, or more than fits.
pub(super) fn write(refinement: &Refinement) -> Option<ByteBuf> {
    let Refinement { not_null, prefix, min, max, min_length, max_length } = refinement;
    let promises =
        [*not_null, prefix.is_some(), min.is_some(), max.is_some(), min_length.is_some(), max_length.is_some()];
    let count = promises.into_iter().map(u32::from).sum();
    let mut payload = ByteBuf::new();
    let Ok(_) = write_map_len(&mut payload, count);
    if *not_null {
        let Ok(_) = write_uint(&mut payload, NULLNESS);
        let Ok(()) = write_bool(&mut payload, false);
    }
    if let Some(prefix) = prefix {
        let Ok(_) = write_uint(&mut payload, PREFIX);
        let Ok(()) = write_str(&mut payload, prefix);
    }
    for (key, bound) in [(MIN, min), (MAX, max)] {
        if let Some((number, inclusive)) = bound {
            let Ok(_) = write_uint(&mut payload, key);
            let Ok(_) = write_array_len(&mut payload, 2);
            encode::number(&mut payload, number);
            let Ok(()) = write_bool(&mut payload, *inclusive);
        }
    }
    for (key, bound) in [(MIN_LENGTH, min_length), (MAX_LENGTH, max_length)] {
        if let Some(length) = bound {
            let Ok(_) = write_uint(&mut payload, key);
            let Ok(_) = write_uint(&mut payload, *length);
        }
    }
    (count > 0 && payload.as_slice().len() <= MAX_PAYLOAD).then_some(payload)
}
