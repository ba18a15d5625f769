//! The format of log lines: one line per event, with the trace and the request that its task works for.

use engine::LogScope;
use std::fmt;
use tracing::field::Field;
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{Format, Full, Json, JsonFields, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// Adds the current request to the lines of another format.
pub(super) struct WithRequest<F>(F);

/// Lines for people.
pub(super) fn text() -> WithRequest<Format<Full>> {
    WithRequest(Format::default())
}

/// JSON objects for programs.
pub(super) fn json() -> WithRequest<Format<Json>> {
    WithRequest(Format::default().json().flatten_event(true))
}

/// Returns whether the event has a field of its own with this name.
fn has_field(event: &Event<'_>, name: &str) -> bool {
    event.metadata().fields().field(name).as_ref().map(Field::name).is_some()
}

/// The value of a field.
enum Value<'a> {
    Text(&'a dyn fmt::Display),
    Number(usize),
}

/// Calls `write` with the names and values of the current request that the event lacks.
fn request_fields(event: &Event<'_>, mut write: impl FnMut(&str, Value<'_>) -> fmt::Result) -> fmt::Result {
    let mut field = |name: &str, value: Value<'_>| match has_field(event, name) {
        true => Ok(()),
        false => write(name, value),
    };
    let written = LogScope::with_current(|scope| match scope {
        LogScope::Request { trace, id } => {
            if let Some(trace) = trace {
                field("trace_id", Value::Text(trace))?;
            }
            field("request_id", Value::Text(id))
        }
        LogScope::Batch { traces, requests } => {
            if !traces.is_empty() {
                let traces: Vec<_> = traces.iter().map(ToString::to_string).collect();
                field("trace_ids", Value::Text(&traces.join(",")))?;
            }
            field("requests", Value::Number(*requests))
        }
    });
    written.unwrap_or(Ok(()))
}

impl<S, N> FormatEvent<S, N> for WithRequest<Format<Full>>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = String::new();
        self.0.format_event(context, Writer::new(&mut line), event)?;
        // A line break in a value would forge a second line.
        for c in line.trim_end_matches('\n').chars() {
            match c {
                '\n' => writer.write_str("\\n")?,
                '\r' => writer.write_str("\\r")?,
                c if c.is_control() && c != '\t' => write!(writer, "\\u{{{:x}}}", c as u32)?,
                c => writer.write_char(c)?,
            }
        }
        request_fields(event, |name, value| match value {
            Value::Text(text) => write!(writer, " {name}={text}"),
            Value::Number(number) => write!(writer, " {name}={number}"),
        })?;
        writer.write_char('\n')
    }
}

impl<S> FormatEvent<S, JsonFields> for WithRequest<Format<Json>>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, JsonFields>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = String::new();
        self.0.format_event(context, Writer::new(&mut line), event)?;
        let object = line.trim_end_matches('\n').strip_suffix('}').unwrap_or(&line);
        writer.write_str(object)?;
        // Request ids are visible ASCII, but may have quotes.
        request_fields(event, |name, value| match value {
            Value::Text(text) => write!(writer, ",{name:?}:{}", serde_json::Value::String(text.to_string())),
            Value::Number(number) => write!(writer, ",{name:?}:{number}"),
        })?;
        writer.write_str("}\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::TraceId;
    use std::io;
    use std::sync::{Arc, Mutex};
    use tracing_subscriber::fmt::MakeWriter;

    #[derive(Clone, Default)]
    struct Captured(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Captured {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("no panic").extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl MakeWriter<'_> for Captured {
        type Writer = Self;

        fn make_writer(&self) -> Self {
            self.clone()
        }
    }

    impl Captured {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().expect("no panic").clone()).expect("text")
        }
    }

    fn request() -> LogScope {
        LogScope::Request { trace: Some(TraceId([7; 16])), id: "order\"17".into() }
    }

    fn batch() -> LogScope {
        LogScope::Batch { traces: vec![TraceId([7; 16]), TraceId([8; 16])], requests: 3 }
    }

    #[test]
    fn text_lines_name_the_request_and_are_single_lines() {
        let captured = Captured::default();
        let subscriber = tracing_subscriber::fmt().event_format(text()).with_writer(captured.clone());
        tracing::subscriber::with_default(subscriber.finish(), || {
            request().run_sync(|| tracing::info!(item = 5, "two\nlines\u{1b}[31m"));
            batch().run_sync(|| tracing::info!(requests = 3, "a batch"));
            tracing::info!("outside");
        });
        let text = captured.text();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 3, "{text}");
        let trace = "07".repeat(16);
        assert!(lines[0].contains("two\\nlines") && !lines[0].contains('\u{1b}'), "{text}");
        assert!(lines[0].ends_with(&format!(" trace_id={trace} request_id=order\"17")), "{text}");
        assert!(lines[1].ends_with(&format!(" trace_ids={trace},{}", "08".repeat(16))), "{text}");
        assert!(lines[2].ends_with("outside"), "{text}");
    }

    #[test]
    fn json_lines_are_objects_with_the_request() {
        let captured = Captured::default();
        let subscriber =
            tracing_subscriber::fmt().json().event_format(json()).with_writer(captured.clone()).finish();
        tracing::subscriber::with_default(subscriber, || {
            request().run_sync(|| tracing::info!(item = 5, "two\nlines"));
            batch().run_sync(|| tracing::info!("a batch"));
            tracing::info!("outside");
        });
        let lines: Vec<serde_json::Value> =
            captured.text().lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        assert_eq!(lines[0]["request_id"], "order\"17");
        assert_eq!(lines[0]["trace_id"], "07".repeat(16));
        assert_eq!((&lines[0]["item"], &lines[0]["message"]), (&5.into(), &"two\nlines".into()));
        assert_eq!(lines[1]["requests"], 3, "as in the lines with a field of this name");
        assert_eq!(lines[2]["request_id"], serde_json::Value::Null);
    }
}
