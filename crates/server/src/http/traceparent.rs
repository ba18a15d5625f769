//! W3C Trace Context: the header `traceparent` of requests, and `traceresponse` of responses.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use engine::{SpanId, TraceContext, TraceId};

/// The header with the caller's span.
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The header with the request's span.
pub(crate) const TRACERESPONSE: HeaderName = HeaderName::from_static("traceresponse");

/// The length of the fields of version 00, in bytes.
const LENGTH: usize = 55;

/// The flag of a recorded trace.
const SAMPLED: u8 = 1;

/// A valid `traceparent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parent {
    pub(crate) trace: TraceId,
    pub(crate) span: SpanId,
    pub(crate) is_sampled: bool,
}

impl Parent {
    /// Returns the caller's span if the request has one valid `traceparent`.
    fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let mut values = headers.get_all(TRACEPARENT).iter();
        let (value, None) = (values.next()?, values.next()) else { return None };
        Self::parse(value.as_bytes())
    }

    /// Parses a header. Later versions may add fields.
    fn parse(value: &[u8]) -> Option<Self> {
        let (fields, rest) = value.split_at_checked(LENGTH)?;
        let [version, trace, span, flags] = [&fields[..2], &fields[3..35], &fields[36..52], &fields[53..]];
        let version = hex::<1>(version)?[0];
        let is_version = match version {
            0 => rest.is_empty(),
            0xff => false,
            _ => rest.is_empty() || rest[0] == b'-',
        };
        let is_separated = [2, 35, 52].into_iter().all(|index| fields[index] == b'-');
        let (trace, span, flags) = (hex::<16>(trace)?, hex::<8>(span)?, hex::<1>(flags)?[0]);
        (is_version && is_separated && trace != [0; 16] && span != [0; 8]).then_some(Self {
            trace: TraceId(trace),
            span: SpanId(span),
            is_sampled: flags & SAMPLED != 0,
        })
    }
}

/// Decodes lower-case hexadecimal digits.
fn hex<const N: usize>(digits: &[u8]) -> Option<[u8; N]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; N];
    if digits.len() != 2 * N {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

/// Returns the span of a request: a part of the caller's trace, or of a new one. `is_sampled` decides whether the trace is
/// recorded, from its id and the caller's decision.
pub(crate) fn span_of(
    headers: &HeaderMap,
    is_sampled: impl FnOnce(TraceId, Option<bool>) -> bool,
) -> TraceContext {
    let parent = Parent::from_headers(headers);
    let trace = parent.map_or_else(|| TraceId(fastrand::u128(1..).to_be_bytes()), |parent| parent.trace);
    TraceContext {
        trace,
        span: SpanId(fastrand::u64(1..).to_be_bytes()),
        parent: parent.map(|parent| parent.span),
        is_sampled: is_sampled(trace, parent.map(|parent| parent.is_sampled)),
    }
}

/// Returns the value of `traceresponse` for a request.
pub(crate) fn response_header(trace: &TraceContext) -> Option<HeaderValue> {
    HeaderValue::try_from(trace.traceparent()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const VALID: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn headers(values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (TRACEPARENT, HeaderValue::from_str(value).expect("a header"))).collect()
    }

    #[test]
    fn a_valid_parent_is_continued() {
        let trace = span_of(&headers(&[VALID]), |_, parent| parent == Some(true));
        assert_eq!(trace.trace.to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(trace.parent.map(|span| span.to_string()).as_deref(), Some("00f067aa0ba902b7"));
        assert!(trace.is_sampled);
        let later = format!("cc{}-what-the-future-holds", &VALID[2..]);
        assert!(Parent::parse(later.as_bytes()).is_some());
        let header = response_header(&trace).expect("a header");
        let answered = Parent::parse(header.as_bytes()).expect("valid");
        assert_eq!((answered.trace, answered.span, answered.is_sampled), (trace.trace, trace.span, true));
    }

    #[test]
    fn an_invalid_parent_begins_a_new_trace() {
        let bad = [
            "",
            "00",
            &VALID[..54],
            &format!("{VALID}-00"),
            &format!("{VALID} "),
            &VALID.to_uppercase(),
            &VALID.replacen("00-", "ff-", 1),
            &VALID.replacen("00-", "0x-", 1),
            &VALID.replacen("4bf92f3577b34da6a3ce929d0e0e4736", &"0".repeat(32), 1),
            &VALID.replacen("00f067aa0ba902b7", &"0".repeat(16), 1),
            &VALID.replacen('-', "_", 1),
            &VALID.replacen("01", "0g", 1),
            &format!("cc{}x", &VALID[2..]),
        ];
        for value in bad {
            assert_eq!(Parent::parse(value.as_bytes()), None, "{value}");
        }
        for headers in [headers(&[]), headers(&[VALID, VALID])] {
            let trace = span_of(&headers, |_, parent| parent.is_some());
            assert!(trace.parent.is_none() && !trace.is_sampled);
        }
    }

    proptest! {
        #[test]
        fn no_header_panics(value in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = Parent::parse(&value);
        }

        #[test]
        fn a_parsed_header_is_the_written_one(trace in 1_u128.., span in 1_u64.., is_sampled: bool) {
            let context = TraceContext {
                trace: TraceId(trace.to_be_bytes()),
                span: SpanId(span.to_be_bytes()),
                parent: None,
                is_sampled,
            };
            let header = response_header(&context).expect("a header");
            let parent = Parent { trace: context.trace, span: context.span, is_sampled };
            prop_assert_eq!(Parent::parse(header.as_bytes()), Some(parent));
        }
    }
}
