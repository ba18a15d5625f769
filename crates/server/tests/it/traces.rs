//! The export of spans by OTLP, to a collector of the test.

use crate::app::Postgres;
use crate::binary::{ServerProcess, stockhold};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use prost::Message as _;
use std::sync::{Arc, Mutex};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// A collector, and what it has received.
struct Collector {
    url: String,
    received: Arc<Mutex<Vec<ExportTraceServiceRequest>>>,
}

impl Collector {
    async fn start() -> Self {
        let received = Arc::<Mutex<Vec<_>>>::default();
        let receive = async |State(received): State<Arc<Mutex<Vec<_>>>>, body: Bytes| {
            let request = ExportTraceServiceRequest::decode(body).expect("protobuf");
            received.lock().expect("no panic").push(request);
        };
        let router = Router::new().route("/v1/traces", post(receive)).with_state(received.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, received }
    }

    fn spans(&self) -> Vec<Span> {
        let received = self.received.lock().expect("no panic");
        let scopes =
            received.iter().flat_map(|request| &request.resource_spans).flat_map(|of| &of.scope_spans);
        scopes.flat_map(|scope| scope.spans.clone()).collect()
    }
}

fn attribute(span: &Span, name: &str) -> Option<String> {
    let attribute = span.attributes.iter().find(|attribute| attribute.key == name)?;
    match attribute.value.clone()?.value? {
        Value::StringValue(text) => Some(text),
        Value::IntValue(number) => Some(number.to_string()),
        _ => None,
    }
}

async fn send(url: &str, sampled: &str) -> u16 {
    let item = serde_json::json!({"name": "Lamp", "quantity": 1, "price": "1"}).to_string();
    let request = reqwest::Client::new().post(format!("{url}/api/items")).body(item);
    let request = request.header("content-type", "application/json");
    let request = request.header("traceparent", format!("00-{TRACE}-00f067aa0ba902b7-{sampled}"));
    request.send().await.expect("an answer").status().as_u16()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spans_of_requests_and_batches_are_exported() {
    let collector = Collector::start().await;
    let database_url = Postgres::find().create_database().await;
    let mut command = stockhold();
    command.arg("serve").env("DATABASE_URL", &database_url);
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url);
    let serving = tokio::task::spawn_blocking(|| ServerProcess::start(command)).await.expect("started");
    assert_eq!(send(&serving.url, "01").await, 201);
    // The caller does not record this one.
    assert_eq!(send(&serving.url, "00").await, 201);
    // The stop sends the last spans.
    tokio::task::spawn_blocking(move || serving.stop("-TERM")).await.expect("stopped");
    let spans = collector.spans();
    let requests: Vec<_> = spans.iter().filter(|span| span.kind == SpanKind::Server as i32).collect();
    assert_eq!(requests.len(), 1, "{spans:?}");
    let request = requests[0];
    assert_eq!(hex::encode(&request.trace_id), TRACE);
    assert_eq!(hex::encode(&request.parent_span_id), "00f067aa0ba902b7");
    assert_eq!(request.name, "POST /api/items");
    assert_eq!(attribute(request, "http.response.status_code").as_deref(), Some("201"));
    assert!(request.end_time_unix_nano > request.start_time_unix_nano);
    let batches: Vec<_> = spans.iter().filter(|span| span.kind == SpanKind::Internal as i32).collect();
    assert_eq!(batches.len(), 1, "{spans:?}");
    assert!(attribute(batches[0], "stockhold.queue").is_some_and(|name| name.starts_with("creation")));
    assert_ne!(batches[0].trace_id, request.trace_id);
    let links: Vec<_> = batches[0].links.iter().map(|link| (&link.trace_id, &link.span_id)).collect();
    assert_eq!(links, [(&request.trace_id, &request.span_id)]);
    let received = collector.received.lock().expect("no panic");
    let resource = received[0].resource_spans[0].resource.as_ref().expect("a resource");
    let name = resource.attributes.iter().find(|attribute| attribute.key == "service.name");
    assert_eq!(
        name.and_then(|name| name.value.clone()?.value),
        Some(Value::StringValue("stockhold".to_owned()))
    );
}

#[test]
fn a_wrong_setting_of_the_export_is_an_error() {
    for (name, value, text) in [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector.example", "must be an http:// URL"),
        ("OTEL_TRACES_SAMPLER", "sometimes", "OTEL_TRACES_SAMPLER must be"),
    ] {
        let mut command = stockhold();
        command.arg("serve").env("DATABASE_URL", "postgres://127.0.0.1:1/shop");
        command.env("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318").env(name, value);
        crate::process::check_fails(&command.output().expect("run"), text);
    }
}
