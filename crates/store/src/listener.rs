use crate::{Result, Store};
use sqlx::postgres::{PgListener, PgNotification, PgPoolOptions};
use std::io::ErrorKind;
use std::time::Duration;
use tokio::time::timeout;

/// The time without a notification after which the connection is pinged.
const QUIET_MAX: Duration = Duration::from_secs(5);

/// The timeout for connecting and for a ping.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(3);

/// Receives the notifications of one channel. Pings detect a dead connection.
pub struct Listener {
    listener: PgListener,
}

impl Listener {
    /// Opens a connection and listens on this channel of the shop.
    pub(crate) async fn connect(store: &Store, channel: &str) -> Result<Self> {
        store.writes.availability().check()?;
        // One pool per listener, so that a hanging connection does not delay later listeners.
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(ANSWER_TIMEOUT)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_lazy_with(store.listening.clone());
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.eager_reconnect(false);
        let of_shop = sqlx::query_scalar!(r#"SELECT shop_channel($1) AS "channel!""#, channel);
        let channel =
            timeout(ANSWER_TIMEOUT, of_shop.fetch_one(&mut listener)).await.map_err(|_| no_answer())??;
        timeout(ANSWER_TIMEOUT, listener.listen(&channel)).await.map_err(|_| no_answer())??;
        Ok(Self { listener })
    }

    /// Returns the next notification; `None` if the connection is lost.
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
