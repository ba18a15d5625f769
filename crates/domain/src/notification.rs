//! Notifications of the console. They are derived from signals, waiting orders, imports and webhooks.

use crate::{ImportId, ItemId, OrderId, Time, WebhookId};

/// The age of the oldest notification, in days.
pub const NOTIFICATION_DAYS: i64 = 14;

/// The most notifications of a list.
pub const NOTIFICATIONS_MAX: usize = 200;

/// The event of a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// An item fell to its threshold of low stock.
    Low {
        /// The item.
        item: ItemId,
        /// Its name.
        name: String,
        /// Its unsold units after the movement: available and held ones.
        unsold: i64,
    },
    /// An item has no unsold units any more.
    SoldOut {
        /// The item.
        item: ItemId,
        /// Its name.
        name: String,
    },
    /// An order began to wait for missing units, and still waits.
    Waiting {
        /// The order.
        order: OrderId,
        /// Its reference.
        reference: Option<String>,
    },
    /// An import was applied.
    Imported {
        /// The import.
        import: ImportId,
        /// The name of the file.
        file: String,
        /// The rows that were applied.
        rows: i64,
    },
    /// An import failed.
    ImportFailed {
        /// The import.
        import: ImportId,
        /// The name of the file.
        file: String,
    },
    /// The deliveries to a webhook endpoint fail repeatedly, or the endpoint is disabled.
    WebhookFailing {
        /// The endpoint.
        webhook: WebhookId,
        /// Its name.
        name: String,
    },
}

impl Notice {
    /// Returns whether it is about a webhook, which needs the permission to manage webhooks.
    pub fn is_webhook(&self) -> bool {
        matches!(self, Self::WebhookFailing { .. })
    }

    /// Returns whether it is about an import, which needs the permission to import.
    pub fn is_import(&self) -> bool {
        matches!(self, Self::Imported { .. } | Self::ImportFailed { .. })
    }
}

/// A notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// The time of its event.
    pub at: Time,
    /// Its event.
    pub notice: Notice,
}

/// Returns the latest notifications of several sources, latest first, at most [`NOTIFICATIONS_MAX`].
pub fn merge_notifications(mut all: Vec<Notification>) -> Vec<Notification> {
    all.sort_by_key(|notification| std::cmp::Reverse(notification.at));
    all.truncate(NOTIFICATIONS_MAX);
    all
}

/// Returns the number of notifications after the time up to which a person has read them; `None` if the person has read none.
pub fn unread_notifications(all: &[Notification], read_until: Option<Time>) -> usize {
    all.iter().filter(|notification| read_until.is_none_or(|until| notification.at > until)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[test]
    fn the_latest_come_first_and_those_after_the_last_read_are_unread() {
        let begin: Time = "2026-11-30T08:00:00Z".parse().expect("a time");
        let at = |minute| begin + TimeDelta::minutes(minute);
        let notification = |minute| Notification {
            at: at(minute),
            notice: Notice::Waiting { order: OrderId(minute), reference: None },
        };
        let all = merge_notifications((0..300).map(notification).collect());
        assert_eq!((all.len(), all[0].at), (NOTIFICATIONS_MAX, at(299)));
        assert_eq!(unread_notifications(&all, None), NOTIFICATIONS_MAX);
        assert_eq!(unread_notifications(&all, Some(at(297))), 2);
        assert_eq!(unread_notifications(&all, Some(at(299))), 0);
    }
}
