//! From a request about objects to what is done.

use serde_json::{Value, json};

use super::asked::{Asked, Target};
use super::deletion::Deleted;
use super::listing::list;
use super::patch;
use super::refusal::{Answered, Refusal};
use super::scale;
use super::schema::Shape;
use super::select::Selection;
use super::state::{Part, State, Written};
use super::watching::Watching;

/// What a request about objects comes to.
#[derive(Debug)]
pub enum Outcome {
    /// An answer.
    Whole(Reply),
    /// A stream of events.
    Stream(Box<Watching>),
}

/// A whole answer.
#[derive(Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Value,
    /// What to warn of.
    pub warnings: Vec<String>,
}

impl Reply {
    /// An answer without warnings.
    pub fn new(status: u16, body: Value) -> Self {
        Self { status, body, warnings: Vec::new() }
    }
}

/// Does what is asked of these objects.
///
/// # Errors
/// Whatever Kubernetes refuses.
pub fn answer(state: &mut State, target: &Target, asked: &Asked) -> Answered<Outcome> {
    let (kind, namespace) = (&target.kind, target.namespace.as_deref());
    if target.verb(asked) == "watch" {
        let watching = Watching::begin(&state.store, kind, [namespace, target.name.as_deref()], asked)?;
        return Ok(Outcome::Stream(Box::new(watching)));
    }
    let place = namespace.unwrap_or_default();
    let reply = match (target.verb(asked), &target.name, target.subresource.as_deref()) {
        ("list", None, None) => Reply::new(200, list(&state.store, kind, namespace, asked)?),
        ("create", None, None) if namespace.is_some() || !kind.namespaced => {
            written(state.create(kind, place, asked.json()?, Part::Main, &asked.manner())?)
        }
        ("deletecollection", None, None) => delete_all(state, target, asked)?,
        (verb, Some(name), subresource) => one(state, target, [place, name], verb, subresource, asked)?,
        _ => {
            return Err(Refusal::new(
                405,
                "MethodNotAllowed",
                "the server does not allow this method on the requested resource",
            ));
        }
    };
    Ok(Outcome::Whole(reply))
}

fn one(
    state: &mut State,
    target: &Target,
    place: [&str; 2],
    verb: &str,
    subresource: Option<&str>,
    asked: &Asked,
) -> Answered<Reply> {
    let (kind, [namespace, name]) = (&target.kind, place);
    match (verb, subresource) {
        ("create", Some("eviction")) if kind.plural == "pods" => {
            state.evict(namespace, name, &asked.json()?, asked.parameter("dryRun") == "All")?;
            let success =
                json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201});
            Ok(Reply::new(201, success))
        }
        ("get", Some("scale")) if kind.scale => Ok(Reply::new(200, scale::of(&*state.get(kind, namespace, name)?))),
        ("update" | "patch", Some("scale")) if kind.scale => {
            let by = asked.manner();
            let change = |object: &mut Value| {
                let mut wanted = scale::of(object);
                rewrite(&Shape::Free, &mut wanted, verb, asked)?;
                scale::set(kind, object, &wanted)
            };
            let done = state.change(kind, place, Part::Scale, &by, change)?;
            Ok(Reply { body: scale::of(&done.object), ..written(done) })
        }
        ("get", None) => Ok(Reply::new(200, Value::clone(&*state.get(kind, namespace, name)?))),
        ("get", Some("status")) if kind.status => {
            Ok(Reply::new(200, Value::clone(&*state.get(kind, namespace, name)?)))
        }
        ("update" | "patch", None) => write(state, target, place, Part::Main, verb, asked),
        ("update" | "patch", Some("status")) if kind.status => write(state, target, place, Part::Status, verb, asked),
        ("delete", None) => {
            let deleted = state.delete(kind, namespace, name, &delete_options(asked)?)?;
            Ok(Reply::new(
                200,
                match deleted {
                    Deleted::Going(object) => Value::clone(&object),
                    Deleted::Gone(object) if kind.plural == "pods" => Value::clone(&object),
                    Deleted::Gone(object) => {
                        json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success",
                    "details": {"name": name, "group": kind.group, "kind": kind.plural, "uid": object["metadata"]["uid"]}})
                    }
                },
            ))
        }
        _ => Err(Refusal::no_such_path()),
    }
}

fn write(
    state: &mut State,
    target: &Target,
    place: [&str; 2],
    part: Part,
    verb: &str,
    asked: &Asked,
) -> Answered<Reply> {
    let (kind, by) = (&target.kind, asked.manner());
    if verb == "patch" && asked.content_type == "application/apply-patch+yaml" {
        if asked.parameter("fieldManager").is_empty() {
            let why =
                "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch";
            return Err(Refusal::new(422, "Invalid", why));
        }
        return Ok(written(state.apply(kind, place, part, &by, asked.json()?)?));
    }
    let shape = Shape::of(kind);
    let change = |object: &mut Value| {
        if verb == "patch" && kind.custom && asked.content_type == "application/strategic-merge-patch+json" {
            let why = "the body of the request was in an unknown format - accepted media types include: \
                application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml";
            return Err(Refusal::new(415, "UnsupportedMediaType", why));
        }
        rewrite(&shape, object, verb, asked)
    };
    Ok(written(state.change(kind, place, part, &by, change)?))
}

/// Puts what was sent in the object's place, or patches the object with it.
fn rewrite(shape: &Shape, object: &mut Value, verb: &str, asked: &Asked) -> Answered<()> {
    let body = asked.json()?;
    if verb == "update" {
        *object = body;
        return Ok(());
    }
    match asked.content_type.as_str() {
        "application/json-patch+json" => patch::json::apply(object, &body).map_err(|why| {
            Refusal::new(
                422,
                "Invalid",
                format!("the server rejected our request due to an error in our request: {why}"),
            )
        }),
        "application/merge-patch+json" => {
            patch::merge::merge(object, &body);
            Ok(())
        }
        "application/strategic-merge-patch+json" => {
            patch::strategic::merge(shape, object, &body);
            Ok(())
        }
        other => Err(Refusal::new(415, "UnsupportedMediaType", format!("no patch is called {other:?}"))),
    }
}

fn delete_all(state: &mut State, target: &Target, asked: &Asked) -> Answered<Reply> {
    let selection = Selection::read(&target.kind, asked.parameter("labelSelector"), asked.parameter("fieldSelector"))?;
    let options = delete_options(asked)?;
    for object in state.store.list(&target.kind.resource(), target.namespace.as_deref()) {
        if selection.takes(&object) {
            let text = |field: &str| object["metadata"][field].as_str().unwrap_or_default();
            state.delete(&target.kind, text("namespace"), text("name"), &options)?;
        }
    }
    Ok(Reply::new(200, json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"})))
}

/// `DeleteOptions`, in the body or as parameters.
fn delete_options(asked: &Asked) -> Answered<Value> {
    let mut options = asked.json()?;
    if !options.is_object() {
        options = json!({});
    }
    if let Ok(seconds) = asked.parameter("gracePeriodSeconds").parse::<i64>() {
        options["gracePeriodSeconds"] = json!(seconds);
    }
    for name in ["propagationPolicy", "dryRun"] {
        match (name, asked.parameter(name)) {
            (_, "") => {}
            ("dryRun", stage) => options[name] = json!([stage]),
            (_, text) => options[name] = json!(text),
        }
    }
    Ok(options)
}

fn written(written: Written) -> Reply {
    let status = if written.created { 201 } else { 200 };
    Reply { status, body: Value::clone(&written.object), warnings: written.warnings }
}
