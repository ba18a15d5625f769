//! Notifications: derived from signals, waiting orders, imports and webhooks, with the time up to which a principal has read them.

use crate::{Context, Engine, Result};
use chrono::TimeDelta;
use domain::{NOTIFICATION_DAYS, Notification, Permission, Time, merge_notifications, unread_notifications};
use std::time::Duration;

/// The time for which the notifications are cached: each page of the console shows their number.
const CACHED: Duration = Duration::from_secs(5);

/// The notifications of a principal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notifications {
    /// The latest notifications of the last 14 days, latest first.
    pub all: Vec<Notification>,
    /// The time up to which the principal has read them.
    pub read_until: Option<Time>,
}

impl Notifications {
    /// Returns the number of unread notifications.
    pub fn unread(&self) -> usize {
        unread_notifications(&self.all, self.read_until)
    }
}

impl Engine {
    /// Returns the notifications of the last 14 days, up to five seconds old, and the time up to which the principal has read them.
    pub async fn notifications(&self, context: &Context) -> Result<Notifications> {
        let read = async {
            let since = self.store().now().await? - TimeDelta::days(NOTIFICATION_DAYS);
            Ok(merge_notifications(self.store().notifications(since).await?))
        };
        let mut all = self.shared.notifications.get_for(CACHED, read).await?;
        if !context.permissions.contains(Permission::ImportItems) {
            all.retain(|notification| !notification.notice.is_import());
        }
        if !context.permissions.contains(Permission::ManageWebhooks) {
            all.retain(|notification| !notification.notice.is_webhook());
        }
        let read_until = self.store().notifications_read_until(&context.actor).await?;
        Ok(Notifications { all, read_until })
    }

    /// Stores that the principal has read the notifications up to a time, at most the present one.
    pub async fn notifications_mark_read(&self, context: &Context, until: Time) -> Result<()> {
        let until = until.min(self.store().now().await?);
        Ok(self.store().notifications_mark_read(&context.actor, until).await?)
    }
}
