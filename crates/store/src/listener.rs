use crate::{Result, Store};
use sqlx::postgres::{PgListener, PgNotification, PgPoolOptions};
use std::io::ErrorKind;
use std::time::Duration;
use tokio::time::timeout;

/// How long nothing may arrive before the connection is asked whether it is alive.
const QUIET_MAX: Duration = Duration::from_secs(5);

/// How long the connection may take to be made, or to answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(3);

/// Receives the notifications of one channel. A connection whose other side has vanished is noticed by a ping.
pub struct Listener {
    listener: PgListener,
}

impl Listener {
    /// Connects by a connection of its own and listens.
    pub(crate) async fn connect(store: &Store, channel: &str) -> Result<Self> {
        store.writes.availability().check()?;
        // A pool for each listener: one whose connection hangs holds up no later one.
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(ANSWER_TIMEOUT)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_lazy_with(store.listening.clone());
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.eager_reconnect(false);
        timeout(ANSWER_TIMEOUT, listener.listen(channel)).await.map_err(|_| no_answer())??;
        Ok(Self { listener })
    }

    /// The next notification; `None` once the connection is lost.
    pub async fn try_recv(&mut self) -> Result<Option<PgNotification>> {
        loop {
            match timeout(QUIET_MAX, self.listener.try_recv()).await {
                Ok(received) => return Ok(received?),
                Err(_) => {
                    let ping = sqlx::query("SELECT 1").execute(&mut self.listener);
                    timeout(ANSWER_TIMEOUT, ping).await.map_err(|_| no_answer())??;
                }
            }
        }
    }
}

fn no_answer() -> sqlx::Error {
    std::io::Error::new(ErrorKind::TimedOut, "the connection that listens does not answer").into()
}
