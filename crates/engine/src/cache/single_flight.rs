//! Single-flight reads of a value that is expensive when it is large.

use crate::Result;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// A large value is cached for this multiple of the time to read it. It is therefore read for at most a fifth of the time.
const CACHED_TIMES: u32 = 4;

/// The longest time for which a large value is cached.
const CACHED_MAX: Duration = Duration::from_secs(10);

/// A value that concurrent callers read once. A large value is also cached for a short time.
pub(crate) struct SingleFlight<T>(Mutex<Option<Read<T>>>);

struct Read<T> {
    value: T,
    begun: Instant,
    cached_until: Instant,
}

impl<T: Clone> SingleFlight<T> {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// Returns the value, read by `read` unless it is cached. A read that another caller began after this call serves this
    /// call too. A small value therefore includes everything that was committed before the call.
    ///
    /// # Errors
    /// The error of `read`, which is not cached.
    pub(crate) async fn get(
        &self,
        is_large: fn(&T) -> bool,
        read: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let cached = |value: &T, elapsed: Duration| match is_large(value) {
            true => (elapsed * CACHED_TIMES).min(CACHED_MAX),
            false => Duration::ZERO,
        };
        self.get_while(cached, read).await
    }

    /// Returns the value, read by `read` unless it was read within the time `cached`.
    ///
    /// # Errors
    /// The error of `read`, which is not cached.
    pub(crate) async fn get_for(&self, cached: Duration, read: impl Future<Output = Result<T>>) -> Result<T> {
        self.get_while(|_, _| cached, read).await
    }

    async fn get_while(
        &self,
        cached: impl Fn(&T, Duration) -> Duration,
        read: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let requested = Instant::now();
        let mut last = self.0.lock().await;
        if let Some(last) = &*last
            && (last.begun >= requested || Instant::now() < last.cached_until)
        {
            return Ok(last.value.clone());
        }
        let begun = Instant::now();
        let value = read.await?;
        let cached = cached(&value, begun.elapsed());
        *last = Some(Read { value: value.clone(), begun, cached_until: Instant::now() + cached });
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    const READ_TIME: Duration = Duration::from_millis(100);

    /// Takes [`READ_TIME`] and returns the number of reads before it.
    async fn read(reads: &AtomicU32) -> Result<u32> {
        tokio::time::sleep(READ_TIME).await;
        Ok(reads.fetch_add(1, Ordering::Relaxed))
    }

    #[tokio::test(start_paused = true)]
    async fn concurrent_callers_share_a_read_that_began_after_their_call() {
        let (cache, reads) = (SingleFlight::new(), AtomicU32::new(0));
        let get = || cache.get(|_| false, read(&reads));
        let later = || async {
            tokio::time::sleep(READ_TIME / 10).await;
            get().await
        };
        assert_eq!(tokio::join!(get(), later(), later()), (Ok(0), Ok(1), Ok(1)));
        assert_eq!(get().await, Ok(2), "a small value is not cached");
    }

    #[tokio::test(start_paused = true)]
    async fn a_large_value_is_cached_for_a_multiple_of_its_read_time() {
        let (cache, reads) = (SingleFlight::new(), AtomicU32::new(0));
        let get = || cache.get(|_| true, read(&reads));
        assert_eq!(get().await, Ok(0));
        tokio::time::sleep(READ_TIME * (CACHED_TIMES - 1)).await;
        assert_eq!(get().await, Ok(0));
        tokio::time::sleep(READ_TIME).await;
        assert_eq!(get().await, Ok(1));
    }

    #[tokio::test(start_paused = true)]
    async fn an_error_is_not_cached() {
        let cache = SingleFlight::new();
        let failed = cache.get(|_| true, async { Err::<u32, _>(crate::Error::Unavailable) }).await;
        assert_eq!(failed, Err(crate::Error::Unavailable));
        assert_eq!(cache.get(|_| true, async { Ok(1) }).await, Ok(1));
    }
}
