//! Logging: `tracing` events as JSON lines on standard error, in the form that Terraform reads and filters
//! (`TF_LOG_PROVIDER`).

mod line;
mod timestamp;

use std::io::Write;
use std::panic::PanicHookInfo;

use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

use line::{Fields, line};

/// Sends events to standard error from now on: of the crates named here (by the names in their paths: `my_provider`)
/// those that the host will show, which is what `TF_LOG_PROVIDER` or else `TF_LOG` says; of all others warnings and
/// errors, or what `TF_LOG_SDK` says (`trace`, `debug`, `info`, `warn`, `error` or `off`).
///
/// A second call changes nothing.
pub fn init(crates: &[&str]) {
    let targets = targets(crates, |name| std::env::var(name).ok());
    let subscriber = tracing_subscriber::registry().with(Hclog { write: to_stderr }.with_filter(targets));
    if tracing::subscriber::set_global_default(subscriber).is_err() {
        tracing::debug!("logging is set up already");
    }
}

/// The host filters by the same variables, so whatever is left out here would have been written, read and thrown away:
/// with a thousand objects, that takes longer than all else we do. A host that sets neither may still want to know.
fn targets(crates: &[&str], env: impl Fn(&str) -> Option<String>) -> Targets {
    let set = |name: &str| env(name).filter(|level| !level.is_empty());
    let ours = match set("TF_LOG_PROVIDER").or_else(|| set("TF_LOG")) {
        // Terraform takes a level that it does not know, such as `json`, for this one.
        Some(level) => level.parse().unwrap_or(LevelFilter::TRACE),
        None => LevelFilter::INFO,
    };
    let others = set("TF_LOG_SDK").and_then(|level| level.parse().ok());
    Targets::new()
        .with_default(others.unwrap_or(LevelFilter::WARN))
        .with_target(env!("CARGO_CRATE_NAME"), ours)
        .with_targets(crates.iter().map(|name| (*name, ours)))
}

/// Logs every panic from now on, as one line like any other: what Rust prints by itself, Terraform would take for the
/// crash of the whole process. It needs no [`init`].
pub(crate) fn panics() {
    std::panic::set_hook(Box::new(|panic: &PanicHookInfo<'_>| {
        let mut fields = Fields::default();
        fields.put("panic", panic.payload_as_str().unwrap_or("with a value that is no text"));
        if let Some(location) = panic.location() {
            fields.put("location", location.to_string());
        }
        to_stderr(&line(Level::ERROR, env!("CARGO_CRATE_NAME"), "panicked", fields));
    }));
}

/// Writes there, come what may.
pub(crate) fn to_stderr(line: &[u8]) {
    // Where standard error is gone there is nobody left to tell.
    let _ = std::io::stderr().lock().write_all(line);
}

/// The layer that writes. Fields of the spans around an event are written with it.
struct Hclog<W> {
    write: W,
}

impl<S, W> Layer<S> for Hclog<W>
where
    S: Subscriber + for<'lookup> LookupSpan<'lookup>,
    W: Fn(&[u8]) + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            let mut fields = Fields::default();
            attributes.record(&mut fields);
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        for span in context.event_scope(event).into_iter().flatten() {
            if let Some(of_span) = span.extensions().get::<Fields>() {
                // Innermost first: what is nearer wins.
                fields.add_missing(of_span);
            }
        }
        let mut of_event = Fields::default();
        event.record(&mut of_event);
        let message = of_event.take_message();
        of_event.add_missing(&fields);
        let metadata = event.metadata();
        (self.write)(&line(*metadata.level(), metadata.target(), &message, of_event));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use serde_json::Value as Json;

    use super::*;

    fn logged(events: impl FnOnce()) -> Vec<Json> {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let sink = lines.clone();
        let layer = Hclog { write: move |line: &[u8]| sink.lock().unwrap().push(line.to_vec()) };
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), events);
        let lines = lines.lock().unwrap();
        lines
            .iter()
            .map(|line| {
                assert_eq!(line.iter().filter(|&&byte| byte == b'\n').count(), 1, "one line");
                assert_eq!(line.last(), Some(&b'\n'));
                serde_json::from_slice(line).unwrap()
            })
            .collect()
    }

    #[test]
    fn what_the_host_would_throw_away_is_not_written() {
        let shown = |settings: &[(&str, &str)]| {
            let targets = targets(&["ours"], |name| {
                let given = settings.iter().find(|(key, _)| *key == name);
                given.map(|(_, level)| (*level).to_owned())
            });
            let most = |target| {
                let levels = [Level::TRACE, Level::DEBUG, Level::INFO, Level::WARN, Level::ERROR];
                levels.into_iter().find(|level| targets.would_enable(target, level))
            };
            (most("ours::room"), most("h2::proto"))
        };
        let warn = Some(Level::WARN);
        assert_eq!(shown(&[]), (Some(Level::INFO), warn));
        assert_eq!(shown(&[("TF_LOG", "debug")]), (Some(Level::DEBUG), warn));
        assert_eq!(shown(&[("TF_LOG", "JSON")]), (Some(Level::TRACE), warn));
        assert_eq!(shown(&[("TF_LOG", "TRACE"), ("TF_LOG_PROVIDER", "ERROR")]), (Some(Level::ERROR), warn));
        assert_eq!(shown(&[("TF_LOG_PROVIDER", "OFF"), ("TF_LOG_SDK", "trace")]), (None, Some(Level::TRACE)));
    }

    #[test]
    fn an_event_is_one_json_object() {
        let lines = logged(|| {
            let share = 12.5;
            tracing::info!(target: "core::engine", route = "arn", share, done = true, step = 3, "moved a share\nof two");
        });
        let line = &lines[0];
        assert_eq!(line["@message"], "moved a share\nof two");
        assert_eq!(line["@level"], "info");
        assert_eq!(line["@module"], "core::engine");
        assert_eq!(line["route"], "arn");
        assert_eq!(line["share"], 12.5);
        assert_eq!(line["done"], true);
        assert_eq!(line["step"], 3);
        let time = line["@timestamp"].as_str().unwrap();
        assert_eq!(time.len(), "2026-01-31T23:59:59.123456Z".len());
        assert!(time.ends_with('Z') && time.as_bytes()[19] == b'.');
    }

    #[test]
    fn no_field_can_take_the_place_of_a_string_that_terraform_needs() {
        let lines = logged(|| tracing::warn!("@message" = 5, "@level" = true, "@timestamp" = 1.5, "@module" = 2));
        for key in ["@message", "@level", "@timestamp", "@module"] {
            assert!(lines[0][key].is_string(), "{key}");
        }
        assert_eq!(lines[0]["@level"], "warn");
        let lines = logged(|| tracing::trace!(message = 7));
        assert_eq!(lines[0]["@message"], "7");
    }

    #[test]
    fn fields_of_the_spans_around_come_along() {
        let lines = logged(|| {
            let outer =
                tracing::info_span!("outer", rpc = "Read", late = tracing::field::Empty, name = "outer").entered();
            outer.record("late", 1);
            let _inner = tracing::info_span!("inner", name = "inner").entered();
            tracing::debug!("here");
            tracing::debug!(name = "event", "here");
        });
        assert_eq!(lines[0]["rpc"], "Read");
        assert_eq!(lines[0]["late"], 1);
        assert_eq!(lines[0]["name"], "inner");
        assert_eq!(lines[1]["name"], "event");
    }

    #[test]
    fn a_line_is_never_longer_than_terraform_reads() {
        let long = "\u{1}".repeat(100_000);
        let lines = logged(|| {
            tracing::error!(detail = long, "short");
            tracing::error!("{long}");
        });
        assert_eq!(lines[0]["@message"], "short");
        assert_eq!(lines[0]["detail"], Json::Null);
        for line in lines {
            assert!(line.to_string().len() < 64 * 1024);
        }
    }
}
