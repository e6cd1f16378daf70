//! Values in MessagePack, as Terraform has them on the wire.

mod decode;
mod encode;
mod refinement;
mod token;

pub use decode::decode;
pub use encode::encode;

/// The extension type of an unknown value with a refinement; without one it is 0.
const REFINED: i8 = 0x0c;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::number::Number;
    use crate::refinement::Refinement;
    use crate::sample;
    use crate::ty::Type;
    use crate::value::Value;

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
        digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
    }

    fn number(text: &str) -> Value {
        Value::Number(text.parse().unwrap())
    }

    #[test]
    fn the_forms_that_terraform_sends() {
        let tagged = |ty: Type, value: Value| Value::Dynamic(Box::new((ty, value)));
        for (bytes, ty, value) in [
            ("c0", Type::String, Value::Null),
            ("a2 6869", Type::String, Value::from("hi")),
            ("c3", Type::Bool, Value::from(true)),
            ("05", Type::Number, Value::from(5_i64)),
            ("ff", Type::Number, Value::from(-1_i64)),
            ("cd 0100", Type::Number, Value::from(256_i64)),
            ("a3 302e31", Type::Number, number("0.1")),
            ("93 01 02 03", Type::list(Type::Number), Value::list([1_i64, 2, 3])),
            ("91 a1 61", Type::set(Type::String), Value::set(["a"])),
            ("92 c2 a1 61", Type::Tuple(vec![Type::Bool, Type::String]), Value::Tuple(vec![false.into(), "a".into()])),
            ("81 a1 6b 01", Type::map(Type::Number), Value::map([("k", Value::from(1_i64))])),
            (
                "82 a1 61 c0 a1 62 c3",
                Type::object([("a", Type::String), ("b", Type::Bool)]),
                Value::object([("a", Value::Null), ("b", Value::from(true))]),
            ),
            ("c0", Type::Dynamic, Value::Null),
            ("92 c4 08 22737472696e6722 a1 78", Type::Dynamic, tagged(Type::String, "x".into())),
            ("92 c4 08 22737472696e6722 c0", Type::Dynamic, tagged(Type::String, Value::Null)),
            ("d4 00 00", Type::Bool, Value::unknown()),
            ("d4 00 00", Type::Dynamic, Value::unknown()),
            ("c7 03 0c 81 01 c2", Type::String, Value::Unknown(Refinement::NOT_NULL)),
        ] {
            let bytes = hex(bytes);
            assert_eq!(decode(&bytes, &ty).unwrap(), value);
            assert_eq!(encode(&value, &ty).unwrap(), bytes, "{value:?}");
        }
    }

    #[test]
    fn other_forms_that_are_read() {
        for (bytes, ty, value) in [
            ("cb 3fe0000000000000", Type::Number, number("0.5")),
            ("ca 3f000000", Type::Number, number("0.5")),
            ("cb 7ff0000000000000", Type::Number, Value::Number(Number::INFINITY)),
            ("cb fff0000000000000", Type::Number, Value::Number(Number::NEG_INFINITY)),
            ("cf ffffffffffffffff", Type::Number, number("18446744073709551615")),
            ("d3 8000000000000000", Type::Number, number("-9223372036854775808")),
            ("b4 3132333435363738393031323334353637383930", Type::Number, number("12345678901234567890")),
            ("d9 01 61", Type::String, "a".into()),
            ("da 0001 61", Type::String, "a".into()),
            ("db 00000001 61", Type::String, "a".into()),
            ("dc 0001 01", Type::list(Type::Number), Value::list([1_i64])),
            ("dd 00000001 01", Type::list(Type::Number), Value::list([1_i64])),
            ("de 0001 a161 01", Type::map(Type::Number), Value::map([("a", Value::from(1_i64))])),
            ("df 00000001 a161 01", Type::map(Type::Number), Value::map([("a", Value::from(1_i64))])),
            ("92 a8 22737472696e6722 a1 78", Type::Dynamic, Value::Dynamic(Box::new((Type::String, "x".into())))),
            ("c7 00 00", Type::Bool, Value::unknown()),
            ("d5 63 0000", Type::Bool, Value::unknown()),
            // A refinement that makes no sense is no refinement.
            ("c7 02 0c ffff", Type::Bool, Value::unknown()),
        ] {
            assert_eq!(decode(&hex(bytes), &ty).unwrap(), value, "{bytes}");
        }
    }

    #[test]
    fn refusals_name_the_path() {
        let object = Type::object([("a", Type::list(Type::map(Type::Bool)))]);
        for (bytes, ty, said) in [
            ("", &Type::Bool, "ends too soon"),
            ("c1", &Type::Bool, "is not MessagePack"),
            ("c3 c3", &Type::Bool, "is followed by more bytes"),
            ("a1 61", &Type::Bool, "must be bool, not a string"),
            ("a1 61", &Type::Number, "read a number: not a decimal"),
            ("cb 7ff8000000000000", &Type::Number, "must be a number, not NaN"),
            ("a1 ff", &Type::String, "is not UTF-8"),
            ("a5 61", &Type::String, "ends too soon"),
            ("dd ffffffff", &Type::list(Type::Bool), "[0]: ends too soon"),
            ("df ffffffff", &Type::map(Type::Bool), "ends too soon"),
            ("81 a1 61 91 81 a1 6b 01", &object, "a[0][\"k\"]: must be bool, not a number"),
            ("81 a1 62 c0", &object, "b: is no attribute of this object"),
            ("82 a1 61 c0 a1 61 c0", &object, "a: is there twice"),
            ("80", &object, "a: is missing"),
            ("91 c3", &Type::Tuple(vec![]), "must have 0 elements, not 1"),
            ("91 c3", &Type::Dynamic, "must be a type and a value"),
            ("92 c4 01 78 c3", &Type::Dynamic, "read a type: expected value at line 1 column 1"),
        ] {
            assert_eq!(decode(&hex(bytes), ty).unwrap_err().to_string(), said, "{bytes}");
        }
    }

    #[test]
    fn a_hostile_depth_is_refused() {
        let one = hex("92 c4 09 2264796e616d696322");
        let mut bytes = one.repeat(1_000_000);
        bytes.push(0xc0);
        let error = decode(&bytes, &Type::Dynamic).unwrap_err();
        assert_eq!(error.what, "is nested more than 128 deep");
    }

    #[test]
    fn a_value_of_another_type_is_not_written() {
        for (value, ty, said) in [
            (Value::from("a"), Type::Bool, "must be bool, not a string"),
            (Value::list(["a"]), Type::set(Type::String), "must be set(string), not a list"),
            (Value::Tuple(vec![]), Type::Tuple(vec![Type::Bool]), "must have 1 elements, not 0"),
            (
                Value::object([("x", Value::list([Value::from(1_i64)]))]),
                Type::object([("x", Type::list(Type::Bool))]),
                "x[0]: must be bool, not a number",
            ),
            (Value::object([("y", Value::Null)]), Type::object::<&str>([]), "y: is no attribute of this object"),
            (Value::from("a"), Type::Dynamic, "must be a dynamic value, not a string"),
        ] {
            assert_eq!(encode(&value, &ty).unwrap_err().to_string(), said);
        }
    }

    #[test]
    fn a_missing_attribute_is_written_as_null() {
        let ty = Type::object([("a", Type::String)]);
        assert_eq!(encode(&Value::object::<&str>([]), &ty).unwrap(), hex("81 a1 61 c0"));
    }

    proptest! {
        #[test]
        fn any_value_survives((ty, value) in sample::typed_value(true)) {
            let bytes = encode(&value, &ty).unwrap();
            prop_assert_eq!(decode(&bytes, &ty).unwrap(), value);
        }

        #[test]
        fn any_bytes_are_read_or_refused((ty, _) in sample::typed_value(true), bytes: Vec<u8>) {
            if let Ok(value) = decode(&bytes, &ty) {
                prop_assert_eq!(decode(&encode(&value, &ty).unwrap(), &ty).unwrap(), value);
            }
        }

        #[test]
        fn damaged_bytes_are_read_or_refused(
            (ty, value) in sample::typed_value(true),
            at: prop::sample::Index,
            byte: u8,
        ) {
            let mut bytes = encode(&value, &ty).unwrap();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            let _ = decode(&bytes, &ty);
            let _ = decode(&bytes[..at], &ty);
        }
    }
}
