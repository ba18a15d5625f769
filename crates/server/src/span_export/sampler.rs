//! The sampler of traces, by the variables `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG`.

use super::facts::variable;
use anyhow::{Result, bail};
use engine::TraceId;

/// Decides which traces are recorded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sampler {
    /// Whether the caller's decision is adopted.
    is_parent_based: bool,
    /// The share of the other traces: 0 to 1.
    ratio: f64,
}

impl Sampler {
    /// Returns the sampler of the environment. By default all traces are recorded that the caller does not exclude.
    ///
    /// # Errors
    /// The name is unknown, or the share is no number from 0 to 1.
    pub(super) fn from_environment() -> Result<Self> {
        let name = variable("OTEL_TRACES_SAMPLER").unwrap_or_else(|| "parentbased_always_on".to_owned());
        Self::new(&name, variable("OTEL_TRACES_SAMPLER_ARG").as_deref())
    }

    fn new(name: &str, argument: Option<&str>) -> Result<Self> {
        let (is_parent_based, rule) = match name.strip_prefix("parentbased_") {
            Some(rule) => (true, rule),
            None => (false, name),
        };
        let ratio = match (rule, argument) {
            ("always_on", _) | ("traceidratio", None) => 1.0,
            ("always_off", _) => 0.0,
            ("traceidratio", Some(share)) => match share.parse::<f64>() {
                Ok(ratio) if (0.0..=1.0).contains(&ratio) => ratio,
                _ => bail!("OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1"),
            },
            _ => bail!(
                "OTEL_TRACES_SAMPLER must be always_on, always_off or traceidratio, with or without the prefix \
                 parentbased_"
            ),
        };
        Ok(Self { is_parent_based, ratio })
    }

    /// Returns whether a trace is recorded. Equal ids have equal results, so that all servers decide alike.
    pub(super) fn is_sampled(self, trace: TraceId, parent: Option<bool>) -> bool {
        if let Some(decided) = parent.filter(|_| self.is_parent_based) {
            return decided;
        }
        let id = u128::from_be_bytes(trace.0) as u64 >> 1;
        self.ratio >= 1.0 || (id as f64) < self.ratio * (1_u64 << 63) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samplers_follow_the_convention() {
        let trace = |id: u64| TraceId(u128::from(id).to_be_bytes());
        let sampler = |name, argument| Sampler::new(name, argument).expect("a sampler");
        let decisions = |sampler: Sampler| {
            [None, Some(true), Some(false)].map(|parent| sampler.is_sampled(trace(u64::MAX / 2), parent))
        };
        assert_eq!(decisions(sampler("always_on", None)), [true, true, true]);
        assert_eq!(decisions(sampler("always_off", None)), [false, false, false]);
        assert_eq!(decisions(sampler("parentbased_always_on", None)), [true, true, false]);
        assert_eq!(decisions(sampler("parentbased_always_off", None)), [false, true, false]);
        let tenth = sampler("parentbased_traceidratio", Some("0.1"));
        let step = u64::MAX / 1_000;
        let ids = (0..1_000).map(|index| trace(step * index + step / 2));
        assert_eq!(ids.filter(|id| tenth.is_sampled(*id, None)).count(), 100);
        for (name, argument) in
            [("sometimes", None), ("traceidratio", Some("2")), ("traceidratio", Some("x"))]
        {
            assert!(Sampler::new(name, argument).is_err(), "{name}");
        }
    }
}
