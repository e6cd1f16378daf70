//! Random values with their types, for tests.

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

use crate::number::Number;
use crate::refinement::Refinement;
use crate::ty::Type;
use crate::value::Value;

/// A type, and a value of it; with unknowns and infinities, which JSON cannot say, or without.
pub(crate) fn typed_value(on_the_wire: bool) -> impl Strategy<Value = (Type, Value)> {
    ty().prop_flat_map(move |ty| {
        let value = value_of(&ty, on_the_wire);
        (Just(ty), value)
    })
}

fn ty() -> impl Strategy<Value = Type> {
    let leaf = prop_oneof![Just(Type::String), Just(Type::Number), Just(Type::Bool), Just(Type::Dynamic)];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(Type::list),
            inner.clone().prop_map(Type::set),
            inner.clone().prop_map(Type::map),
            vec(inner.clone(), 0..4).prop_map(Type::Tuple),
            btree_map("[a-z_]{1,6}", inner, 0..4).prop_map(Type::object),
        ]
    })
}

fn value_of(ty: &Type, on_the_wire: bool) -> BoxedStrategy<Value> {
    let known = match ty {
        Type::String => any::<String>().prop_map(Value::from).boxed(),
        Type::Bool => any::<bool>().prop_map(Value::from).boxed(),
        Type::Number => number(on_the_wire).prop_map(Value::from).boxed(),
        Type::Dynamic => prop_oneof![Just(Type::Bool), Just(Type::list(Type::Number)), Just(Type::map(Type::Dynamic))]
            .prop_flat_map(move |ty| {
                let value = match &ty {
                    // Ends the recursion.
                    Type::Map(_) => btree_map("[a-z]", Just(Value::Null), 0..3).prop_map(Value::Map).boxed(),
                    other => value_of(other, on_the_wire),
                };
                value.prop_map(move |value| Value::Dynamic(Box::new((ty.clone(), value))))
            })
            .boxed(),
        Type::List(element) => vec(value_of(element, on_the_wire), 0..4).prop_map(Value::List).boxed(),
        Type::Set(element) => vec(value_of(element, on_the_wire), 0..4).prop_map(Value::Set).boxed(),
        Type::Map(element) => {
            btree_map(any::<String>(), value_of(element, on_the_wire), 0..4).prop_map(Value::Map).boxed()
        }
        Type::Tuple(elements) => elements
            .iter()
            .map(|element| value_of(element, on_the_wire))
            .collect::<Vec<_>>()
            .prop_map(Value::Tuple)
            .boxed(),
        Type::Object(attributes, _) => {
            let names: Vec<String> = attributes.keys().cloned().collect();
            attributes
                .values()
                .map(|element| value_of(element, on_the_wire))
                .collect::<Vec<_>>()
                .prop_map(move |values| Value::object(names.iter().cloned().zip(values)))
                .boxed()
        }
    };
    if on_the_wire {
        let refined = match ty {
            Type::Dynamic => Just(Refinement::NONE).boxed(),
            _ => refinement().boxed(),
        };
        prop_oneof![8 => known, 1 => Just(Value::Null), 1 => refined.prop_map(Value::Unknown)].boxed()
    } else {
        prop_oneof![8 => known, 1 => Just(Value::Null)].boxed()
    }
}

fn number(on_the_wire: bool) -> BoxedStrategy<Number> {
    let finite = prop_oneof![
        any::<i64>().prop_map(Number::from),
        any::<u64>().prop_map(Number::from),
        "-?[0-9]{1,40}(\\.[0-9]{1,40})?(e-?[0-9]{1,2})?".prop_map(|text| text.parse().unwrap()),
    ];
    if on_the_wire {
        prop_oneof![8 => finite, 1 => Just(Number::INFINITY), 1 => Just(Number::NEG_INFINITY)].boxed()
    } else {
        finite.boxed()
    }
}

fn refinement() -> impl Strategy<Value = Refinement> {
    let bound = || proptest::option::of((number(true), any::<bool>()));
    (
        any::<bool>(),
        proptest::option::of("[a-z]{0,20}"),
        bound(),
        bound(),
        proptest::option::of(any::<u64>()),
        proptest::option::of(any::<u64>()),
    )
        .prop_map(|(not_null, prefix, min, max, min_length, max_length)| Refinement {
            not_null,
            prefix,
            min,
            max,
            min_length,
            max_length,
        })
}
