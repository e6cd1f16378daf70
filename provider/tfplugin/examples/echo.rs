//! A provider that talks to nothing: it shows every part of this crate, and the tests drive it.
//!
//! `echo_note` keeps what it is told in the state. Its `text` says what goes wrong: `fail create`, `fail read`, `fail update`,
//! `fail destroy`, `panic plan`, `panic apply`, `wait` (until stopped), `stall` (for ever).

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;

use tfplugin::schema::checks::{between, not_empty};
use tfplugin::{
    ApplyRequest, ApplyResponse, Attribute, Block, CancellationToken, ConfigureRequest, DataSource, Diagnostic,
    Diagnostics, Function, FunctionError, ImportRequest, ImportResponse, MoveRequest, MoveResponse, Nesting, Options,
    Parameter, Path, PlanRequest, PlanResponse, Provider, ReadRequest, ReadResponse, Reader, Resource, Schema,
    Signature, Type, UpgradeRequest, Value, async_trait,
};

fn main() -> ExitCode {
    tfplugin::log::init(&["echo"]);
    tfplugin::run(
        Echo,
        Options {
            full_address: "registry.terraform.io/tfplugin/echo",
            hint: "It is an example, and the tests'.",
            debug: std::env::args().any(|arg| arg == "-debug"),
        },
    )
}

struct Echo;

#[async_trait]
impl Provider for Echo {
    fn name(&self) -> &str {
        "echo"
    }

    fn version(&self) -> &str {
        env!("CARGO_PKG_VERSION")
    }

    fn schema(&self) -> Schema {
        Schema::new(0)
            .description("Echoes.")
            .attribute(Attribute::string("prefix").optional().description("Comes before every text."))
    }

    async fn configure(&self, request: ConfigureRequest) -> Diagnostics {
        tracing::info!(terraform = request.terraform_version, "configured");
        Diagnostics::new()
    }

    fn resources(&self) -> Vec<Arc<dyn Resource>> {
        vec![Arc::new(Note)]
    }

    fn data_sources(&self) -> Vec<Arc<dyn DataSource>> {
        vec![Arc::new(Length)]
    }

    fn functions(&self) -> Vec<Arc<dyn Function>> {
        vec![Arc::new(Join)]
    }
}

/// A note that lives in the state alone.
struct Note;

#[async_trait]
impl Resource for Note {
    fn type_name(&self) -> &str {
        "echo_note"
    }

    fn schema(&self) -> Schema {
        Schema::new(1)
            .description("A **note**.")
            .attribute(Attribute::string("id").computed())
            .attribute(Attribute::string("text").required().check(not_empty()))
            .attribute(Attribute::string("kind").optional().computed())
            .attribute(Attribute::string("secret").optional().write_only())
            .attribute(Attribute::number("share").optional().check(between(0_i64, 100_i64)))
            .attribute(Attribute::new("labels", Type::set(Type::String)).optional())
            .attribute(Attribute::new("any", Type::Dynamic).optional())
            .attribute(
                Attribute::object(
                    "gate",
                    vec![Attribute::string("url").required(), Attribute::number("timeout").optional().computed()],
                )
                .optional(),
            )
            .attribute(
                Attribute::nested("routes", Nesting::Map, vec![Attribute::number("weight").required()]).optional(),
            )
            .block(Block::single("timeouts", vec![Attribute::string("create").optional()]))
            .block(Block::list("step", vec![Attribute::number("at").required()]).max(3))
    }

    async fn validate(&self, config: &Value) -> Diagnostics {
        let text = Reader::new(config).attr("text");
        match text.string() {
            Ok(field) if field.as_ref().known().is_some_and(|text| text == "forbidden") => {
                text.error("Forbidden", "It says so itself.").into()
            }
            Ok(_) => Diagnostics::new(),
            Err(error) => error.into(),
        }
    }

    async fn upgrade(&self, request: UpgradeRequest) -> Result<Value, Diagnostics> {
        // Version 0 had `body` for `text`.
        match request.state.get("body").and_then(serde_json::Value::as_str) {
            Some(body) => Ok(plain(body)),
            None => Err(Diagnostic::error("Not a note", "It has no body.").into()),
        }
    }

    async fn read(&self, request: ReadRequest) -> ReadResponse {
        tracing::debug!("looking");
        if request.state.attr("text").as_str() == Some("fail read") {
            return ReadResponse {
                private: request.private,
                diagnostics: Diagnostic::error("Failed", "As asked.").into(),
                ..ReadResponse::default()
            };
        }
        ReadResponse { state: Some(request.state), private: request.private, ..ReadResponse::default() }
    }

    async fn plan(&self, request: PlanRequest) -> PlanResponse {
        let private = request.prior_private;
        let Some(mut planned) = request.proposed else {
            return PlanResponse { private, ..PlanResponse::default() };
        };
        assert_ne!(planned.attr("text").as_str(), Some("panic plan"), "as asked");
        planned.set_attr("secret", Value::Null);
        if request.prior.is_none() {
            planned.set_attr("id", Value::Unknown(tfplugin::Refinement::NOT_NULL));
        }
        if planned.attr("kind").is_null() {
            planned.set_attr("kind", "plain");
        }
        let mut gate = planned.attr("gate").clone();
        if gate.attr("timeout").is_null() {
            gate.set_attr("timeout", 5_i64);
            planned.set_attr("gate", gate);
        }
        PlanResponse {
            planned: Some(planned),
            requires_replace: vec![Path::root().attr("kind")],
            private,
            ..PlanResponse::default()
        }
    }

    async fn apply(&self, request: ApplyRequest) -> ApplyResponse {
        let Some(mut planned) = request.planned else {
            let text = request.prior.as_ref().map(|prior| prior.attr("text").clone());
            if text == Some(Value::from("fail destroy")) {
                return failed(None, Vec::new());
            }
            return ApplyResponse::default();
        };
        let creates = request.prior.is_none();
        assert_ne!(planned.attr("text").as_str(), Some("panic apply"), "as asked");
        match planned.attr("text").as_str() {
            Some("fail update") if !creates => return failed(None, Vec::new()),
            // What was created half is known by its unknowns.
            Some("fail create") if creates => return failed(Some(planned), b"half".to_vec()),
            Some("stall") => {
                tracing::info!("waiting");
                std::future::pending().await
            }
            Some("wait") => {
                tracing::info!("waiting");
                request.stop.cancelled().await;
                planned.set_attr("id", "stopped");
                return failed(Some(planned), b"stopped".to_vec());
            }
            _ => {}
        }
        if creates {
            let id = planned.attr("text").clone();
            planned.set_attr("id", id);
        }
        ApplyResponse { state: Some(planned), private: b"whole".to_vec(), ..ApplyResponse::default() }
    }

    async fn import(&self, request: ImportRequest) -> Result<ImportResponse, Diagnostics> {
        Ok(ImportResponse { state: plain(&request.id), private: b"imported".to_vec(), diagnostics: Diagnostics::new() })
    }

    async fn move_state(&self, request: MoveRequest) -> Result<MoveResponse, Diagnostics> {
        let id = request.source_state.get("id").and_then(serde_json::Value::as_str);
        match id {
            Some(id) if request.source_type_name == "terraform_data" => {
                Ok(MoveResponse { state: plain(id), private: Vec::new(), diagnostics: Diagnostics::new() })
            }
            _ => Err(Diagnostic::error("Move not supported", "It comes from terraform_data alone.").into()),
        }
    }
}

/// A note of which no more is known than its text.
fn plain(text: &str) -> Value {
    Value::object([("id", Value::from(text)), ("text", Value::from(text)), ("kind", Value::from("plain"))])
}

fn failed(state: Option<Value>, private: Vec<u8>) -> ApplyResponse {
    ApplyResponse {
        state,
        private,
        diagnostics: Diagnostic::error("Failed", "As asked.").at(Path::root().attr("text")).into(),
    }
}

/// How long a text is.
struct Length;

#[async_trait]
impl DataSource for Length {
    fn type_name(&self) -> &str {
        "echo_length"
    }

    fn schema(&self) -> Schema {
        Schema::new(0).attribute(Attribute::string("text").required()).attribute(Attribute::number("length").computed())
    }

    async fn read(&self, config: &Value, _stop: CancellationToken) -> Result<(Value, Diagnostics), Diagnostics> {
        let text = Reader::new(config).attr("text").string()?.known().unwrap_or_default();
        let mut state = config.clone();
        state.set_attr("length", text.chars().count() as u64);
        Ok((state, Diagnostics::new()))
    }
}

/// Joins texts, and says how many of each there were.
struct Join;

#[async_trait]
impl Function for Join {
    fn name(&self) -> &str {
        "join"
    }

    fn signature(&self) -> Signature {
        Signature::returning(Type::object([("text", Type::String), ("counts", Type::map(Type::Number))]))
            .parameter(Parameter::new("separator", Type::String))
            .variadic(Parameter::new("texts", Type::String).allow_null())
            .summary("Joins texts.")
    }

    async fn call(&self, args: Vec<Value>) -> Result<Value, FunctionError> {
        let mut texts = args.iter().filter_map(Value::as_str);
        let separator = texts.next().ok_or_else(|| FunctionError::argument(0, "The separator is missing."))?;
        let texts: Vec<&str> = texts.collect();
        if separator.len() > 3 {
            return Err(FunctionError::argument(0, "The separator is too long."));
        }
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for text in &texts {
            *counts.entry((*text).to_owned()).or_default() += 1;
        }
        let counts = counts.into_iter().map(|(text, count)| (text, Value::from(count)));
        Ok(Value::object([("text", Value::from(texts.join(separator))), ("counts", Value::map(counts))]))
    }
}
