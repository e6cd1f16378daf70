//! MessagePack, one token at a time.

use rmp::Marker;

/// One token. The elements of an array or a map follow it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Token<'a> {
    Nil,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    Str(&'a [u8]),
    Bin(&'a [u8]),
    Array(usize),
    Map(usize),
    Ext(i8, &'a [u8]),
}

/// Bytes that are not what they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum TokenError {
    #[error("ends too soon")]
    Short,
    #[error("is not MessagePack")]
    Reserved,
}

/// What is left to read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tokens<'a> {
    rest: &'a [u8],
}

impl<'a> Tokens<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Tokens<'a> {
        Tokens { rest: bytes }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn next(&mut self) -> Result<Token<'a>, TokenError> {
        let [marker] = self.array()?;
        Ok(match Marker::from_u8(marker) {
            Marker::Null => Token::Nil,
            Marker::True => Token::Bool(true),
            Marker::False => Token::Bool(false),
            Marker::FixPos(whole) => Token::Uint(whole.into()),
            Marker::U8 => Token::Uint(u8::from_be_bytes(self.array()?).into()),
            Marker::U16 => Token::Uint(u16::from_be_bytes(self.array()?).into()),
            Marker::U32 => Token::Uint(u32::from_be_bytes(self.array()?).into()),
            Marker::U64 => Token::Uint(u64::from_be_bytes(self.array()?)),
            Marker::FixNeg(whole) => Token::Int(whole.into()),
            Marker::I8 => Token::Int(i8::from_be_bytes(self.array()?).into()),
            Marker::I16 => Token::Int(i16::from_be_bytes(self.array()?).into()),
            Marker::I32 => Token::Int(i32::from_be_bytes(self.array()?).into()),
            Marker::I64 => Token::Int(i64::from_be_bytes(self.array()?)),
            Marker::F32 => Token::Float(f32::from_be_bytes(self.array()?).into()),
            Marker::F64 => Token::Float(f64::from_be_bytes(self.array()?)),
            Marker::FixStr(length) => Token::Str(self.take(length.into())?),
            Marker::Str8 => Token::Str(self.sized(Tokens::length8)?),
            Marker::Str16 => Token::Str(self.sized(Tokens::length16)?),
            Marker::Str32 => Token::Str(self.sized(Tokens::length32)?),
            Marker::Bin8 => Token::Bin(self.sized(Tokens::length8)?),
            Marker::Bin16 => Token::Bin(self.sized(Tokens::length16)?),
            Marker::Bin32 => Token::Bin(self.sized(Tokens::length32)?),
            Marker::FixArray(length) => Token::Array(length.into()),
            Marker::Array16 => Token::Array(self.length16()?),
            Marker::Array32 => Token::Array(self.length32()?),
            Marker::FixMap(length) => Token::Map(length.into()),
            Marker::Map16 => Token::Map(self.length16()?),
            Marker::Map32 => Token::Map(self.length32()?),
            Marker::FixExt1 => self.ext(1)?,
            Marker::FixExt2 => self.ext(2)?,
            Marker::FixExt4 => self.ext(4)?,
            Marker::FixExt8 => self.ext(8)?,
            Marker::FixExt16 => self.ext(16)?,
            Marker::Ext8 => {
                let length = self.length8()?;
                self.ext(length)?
            }
            Marker::Ext16 => {
                let length = self.length16()?;
                self.ext(length)?
            }
            Marker::Ext32 => {
                let length = self.length32()?;
                self.ext(length)?
            }
            Marker::Reserved => return Err(TokenError::Reserved),
        })
    }

    fn ext(&mut self, length: usize) -> Result<Token<'a>, TokenError> {
        let kind = i8::from_be_bytes(self.array()?);
        Ok(Token::Ext(kind, self.take(length)?))
    }

    fn sized(&mut self, length: impl FnOnce(&mut Self) -> Result<usize, TokenError>) -> Result<&'a [u8], TokenError> {
        let length = length(self)?;
        self.take(length)
    }

    fn length8(&mut self) -> Result<usize, TokenError> {
        Ok(u8::from_be_bytes(self.array()?).into())
    }

    fn length16(&mut self) -> Result<usize, TokenError> {
        Ok(u16::from_be_bytes(self.array()?).into())
    }

    fn length32(&mut self) -> Result<usize, TokenError> {
        let length = u32::from_be_bytes(self.array()?);
        usize::try_from(length).map_err(|_| TokenError::Short)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], TokenError> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(TokenError::Short)?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], TokenError> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(TokenError::Short)?;
        self.rest = rest;
        Ok(*taken)
    }
}
