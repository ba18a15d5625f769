//! Values that are dear to read, kept for a while.

use crate::Result;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// For how many times as long as its reading took a value is kept: reading it anew takes one connection's
/// twentieth at most.
const KEPT_TIMES: u32 = 20;

/// The longest that a value is kept.
const KEPT_MAX: Duration = Duration::from_secs(10);

/// A value that one reading gives to all who ask at the same moment, and, where it is a large one, to those
/// who ask soon after.
pub(crate) struct Kept<T>(Mutex<Option<Read<T>>>);

struct Read<T> {
    value: T,
    begun: Instant,
    until: Instant,
}

impl<T: Clone> Kept<T> {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// The value, read by `read` unless there is one. It is kept only if it `is_large`: a small one is cheap, and
    /// always fresh.
    pub(crate) async fn get(
        &self,
        is_large: impl Fn(&T) -> bool,
        read: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let asked = Instant::now();
        let mut last = self.0.lock().await;
        if let Some(last) = &*last
            && (last.begun >= asked || Instant::now() < last.until)
        {
            return Ok(last.value.clone());
        }
        let begun = Instant::now();
        let value = read.await?;
        let kept =
            if is_large(&value) { (begun.elapsed() * KEPT_TIMES).min(KEPT_MAX) } else { Duration::ZERO };
        *last = Some(Read { value: value.clone(), begun, until: Instant::now() + kept });
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[tokio::test]
    async fn one_reading_serves_all_who_wait_and_large_ones_stay() {
        let (kept, readings) = (Kept::new(), AtomicU32::new(0));
        let read = || async {
            std::thread::sleep(Duration::from_millis(2));
            tokio::task::yield_now().await;
            Ok(readings.fetch_add(1, Ordering::Relaxed))
        };
        let small = || kept.get(|_| false, read());
        let answers = tokio::join!(small(), small(), small());
        assert_eq!(answers, (Ok(0), Ok(1), Ok(1)), "the next reading serves all who came during the first");
        assert_eq!(small().await, Ok(2), "a small value is read anew");
        assert_eq!(kept.get(|_| true, read()).await, Ok(3));
        assert_eq!(kept.get(|_| true, read()).await, Ok(3), "a large one is kept");
    }
}
