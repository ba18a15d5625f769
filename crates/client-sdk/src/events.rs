//! The event feed.

use crate::types::{EventPage, ListEventsQuery};
use crate::{Error, Stockhold};

/// The longest wait of a long poll, in seconds. It is at most half of the time limit of an attempt.
const WAIT_SECONDS_MAX: u64 = 20;

/// Reads the event feed by long polling.
#[derive(Debug)]
pub struct EventPages {
    client: Stockhold,
    after: Option<String>,
}

impl Stockhold {
    /// Reads the event feed after a cursor, or from now on.
    pub fn event_pages(&self, after: Option<String>) -> EventPages {
        EventPages { client: self.clone(), after }
    }
}

impl EventPages {
    /// Waits for the next page with events or signals. Store its `cursor` after you have processed it.
    ///
    /// # Errors
    /// A page can't be read; the next call reads it again. `cursor_unknown`: the cursor belongs to another history.
    pub async fn next(&mut self) -> Result<EventPage, Error> {
        loop {
            // Without a cursor, the answer has the present one and no events.
            let wait_seconds = (self.client.timeout().as_secs() / 2).min(WAIT_SECONDS_MAX) as i64;
            let wait_seconds = self.after.is_some().then_some(wait_seconds);
            let query = ListEventsQuery { after: self.after.clone(), wait_seconds, ..Default::default() };
            let page = self.client.list_events(&query).await?;
            self.after = Some(page.cursor.clone());
            let has_signals = page.signals.as_ref().is_some_and(|signals| !signals.is_empty());
            if has_signals || !page.events.is_empty() {
                return Ok(page);
            }
        }
    }
}
