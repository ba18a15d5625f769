//! Values that are dear to read, kept for a while.

use crate::background::supervise::catch_panic;
use crate::{Error, Result};
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

/// For how many times as long as its reading took a value is kept, if that is not too long: reading it anew takes
/// up to a third of one connection's time while somebody looks.
const KEPT_TIMES: u32 = 4;

/// The longest that a value is kept.
const KEPT_MAX: Duration = Duration::from_secs(10);

/// For how long after it was last asked for a large value is read anew before it is too old.
const TENDED: Duration = Duration::from_secs(60);

/// A value that one reading gives to all who ask at the same moment, and, where it is a large one, to those
/// who ask soon after. While somebody asks now and then, nobody but the first waits for a large one.
pub(crate) struct RefreshingCache<T>(Arc<Mutex<Last<T>>>);

struct Last<T> {
    read: Option<Read<T>>,
    asked: Instant,
    /// Whether a task reads it anew ahead of time.
    tended: bool,
}

struct Read<T> {
    value: T,
    begun: Instant,
    took: Duration,
    until: Instant,
}

impl<T> Read<T> {
    fn new(value: T, begun: Instant, large: bool) -> Self {
        let took = begun.elapsed();
        let kept = if large { (took * KEPT_TIMES).min(KEPT_MAX) } else { Duration::ZERO };
        Self { value, begun, took, until: Instant::now() + kept }
    }
}

impl<T: Clone + Send + 'static> RefreshingCache<T> {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(Last { read: None, asked: Instant::now(), tended: false })))
    }

    /// The value, read by `read` unless there is one. It is kept only if it `is_large`: a small one is cheap, and
    /// always fresh.
    pub(crate) async fn get<F>(
        &self,
        is_large: fn(&T) -> bool,
        read: impl Fn() -> F + Send + Sync + 'static,
    ) -> Result<T>
    where
        F: Future<Output = Result<T>> + Send + 'static,
    {
        let asked = Instant::now();
        let mut last = self.0.lock().await;
        last.asked = asked;
        if let Some(read) = &last.read
            && (read.begun >= asked || Instant::now() < read.until)
        {
            return Ok(read.value.clone());
        }
        let begun = Instant::now();
        let value = read().await?;
        let large = is_large(&value);
        last.read = Some(Read::new(value.clone(), begun, large));
        if large && !last.tended {
            last.tended = true;
            tokio::spawn(tend(Arc::downgrade(&self.0), is_large, read));
        }
        Ok(value)
    }
}

/// Reads the value anew each time shortly before it is too old, as long as it is asked for.
async fn tend<T: Send + 'static, F>(
    kept: Weak<Mutex<Last<T>>>,
    is_large: fn(&T) -> bool,
    read: impl Fn() -> F + Send + Sync,
) where
    F: Future<Output = Result<T>> + Send + 'static,
{
    loop {
        let next = {
            let Some(kept) = kept.upgrade() else { return };
            let mut last = kept.lock().await;
            match &last.read {
                Some(read) if last.asked.elapsed() < TENDED => {
                    read.until - (read.took * 3 / 2).min(KEPT_MAX / 2)
                }
                _ => {
                    last.tended = false;
                    return;
                }
            }
        };
        sleep_until(next).await;
        let begun = Instant::now();
        // A panic is logged by the hook, and counts as a failure.
        let value = catch_panic(read()).await.unwrap_or(Err(Error::Internal));
        let Some(kept) = kept.upgrade() else { return };
        let mut last = kept.lock().await;
        match value {
            // Unless somebody has read it later.
            Ok(value) if last.read.as_ref().is_some_and(|read| read.begun < begun) => {
                let large = is_large(&value);
                last.read = Some(Read::new(value, begun, large));
            }
            Ok(_) => {}
            // Whoever asks next is told.
            Err(_) => {
                last.tended = false;
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// A value that says how often it has been read, and takes a tenth of a second to read.
    fn counted(
        readings: &Arc<AtomicU32>,
    ) -> impl Fn() -> futures::future::BoxFuture<'static, Result<u32>> + use<> {
        let readings = readings.clone();
        move || {
            let readings = readings.clone();
            Box::pin(async move {
                tokio::time::sleep(Duration::from_millis(100)).await;
                Ok(readings.fetch_add(1, Ordering::Relaxed))
            })
        }
    }

    #[tokio::test(start_paused = true)]
    async fn one_reading_serves_all_who_wait_and_large_ones_stay() {
        let (kept, readings) = (RefreshingCache::new(), Arc::new(AtomicU32::new(0)));
        let small = || kept.get(|_| false, counted(&readings));
        let later = || async {
            tokio::time::sleep(Duration::from_millis(10)).await;
            small().await
        };
        let answers = tokio::join!(small(), later(), later());
        assert_eq!(answers, (Ok(0), Ok(1), Ok(1)), "the next reading serves all who came during the first");
        assert_eq!(small().await, Ok(2), "a small value is read anew");
        let large = || kept.get(|_| true, counted(&readings));
        assert_eq!(large().await, Ok(3));
        assert_eq!(large().await, Ok(3), "a large one is kept");
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_but_the_first_waits_for_a_large_one_and_none_is_read_for_nobody() {
        let (kept, readings) = (RefreshingCache::new(), Arc::new(AtomicU32::new(0)));
        let large = || kept.get(|_| true, counted(&readings));
        assert_eq!(large().await, Ok(0));
        let mut newest = 0;
        for _ in 0..300 {
            tokio::time::sleep(Duration::from_millis(400)).await;
            let asked = Instant::now();
            newest = large().await.unwrap_or_default();
            assert_eq!(Instant::now(), asked, "it was there");
        }
        assert!(
            (240..400).contains(&newest),
            "{newest} readings in two minutes, of a tenth of a second each"
        );
        tokio::time::sleep(2 * TENDED).await;
        let then = readings.load(Ordering::Relaxed);
        tokio::time::sleep(10 * TENDED).await;
        assert_eq!(readings.load(Ordering::Relaxed), then, "nobody asks");
        assert_eq!(large().await, Ok(then), "and whoever does gets a new one");
    }
}
