//! The page of the notifications.

use crate::components::page_head::PageHead;
use crate::components::time::format_exact;
use crate::format::format_integer;
use crate::texts;
use crate::user_text::visible;
use api::Time;
use leptos::prelude::*;

/// The event of a notification, with the names in its text.
#[derive(Debug, Clone)]
pub enum NoticeText {
    /// An item fell to its threshold; it has so many unsold units.
    Low(String, i64),
    /// An item is sold out.
    SoldOut(String),
    /// An order waits for units.
    Waiting(String),
    /// A number of rows of a file were applied.
    Imported(String, i64),
    /// The import of a file failed.
    ImportFailed(String),
    /// The deliveries to a webhook fail.
    WebhookFailing(String),
}

impl NoticeText {
    fn text(&self) -> String {
        match self {
            Self::Low(item, units) => texts::notice_low(item, *units),
            Self::SoldOut(item) => texts::notice_sold_out(item),
            Self::Waiting(order) => texts::notice_waiting(order),
            Self::Imported(file, rows) => texts::notice_imported(file, *rows),
            Self::ImportFailed(file) => texts::notice_import_failed(file),
            Self::WebhookFailing(name) => texts::notice_webhook_failing(name),
        }
    }
}

/// The number of unread notifications. The server puts it into the context of a render.
#[derive(Debug, Clone, Copy)]
pub struct UnreadNotifications(pub usize);

/// Renders the link to the notifications, with the number of unread ones.
pub(super) fn badge() -> impl IntoView {
    use_context::<UnreadNotifications>().map(|UnreadNotifications(unread)| {
        let label = texts::notifications_unread(unread as i64);
        view! {
            <a class="caller__bell" href="/notifications" rel="external" aria-label=label>
                {crate::components::icon::Icon::Bell.view()}
                {(unread > 0).then(|| view! { <span class="badge badge--held">{format_integer(unread as i64)}</span> })}
            </a>
        }
    })
}

/// A notification.
#[derive(Debug, Clone)]
pub struct NotificationRow {
    /// The time of its event.
    pub at: Time,
    /// Its event.
    pub notice: NoticeText,
    /// The page of its object.
    pub href: String,
    /// Whether the person has not read it.
    pub is_unread: bool,
}

/// The notifications of a person.
#[derive(Debug, Clone)]
pub struct NotificationsPage {
    /// The notifications, latest first.
    pub rows: Vec<NotificationRow>,
    /// The time up to which *Mark all as read* applies, as RFC 3339 with fractions of a second; `None` without an unread one.
    pub read_until: Option<String>,
}

impl NotificationsPage {
    pub(super) fn view(self) -> impl IntoView {
        let Self { rows, read_until } = self;
        let unread = rows.iter().filter(|row| row.is_unread).count();
        let mark = read_until.map(|until| {
            view! {
                <form method="post" action="/notifications/read">
                    <input type="hidden" name="until" value=until />
                    <button class="button">{texts::notifications_mark_read()}</button>
                </form>
            }
        });
        let summary = match rows.is_empty() {
            true => texts::notifications_none().to_owned(),
            false => texts::notifications_unread(unread as i64),
        };
        let row = |row: NotificationRow| {
            let badge =
                row.is_unread.then(|| view! { " " <span class="badge badge--held">{texts::unread()}</span> });
            view! {
                <li>
                    <a href=row.href rel="external">
                        {visible(row.notice.text())}
                    </a>
                    {badge}
                    <div class="muted">{format_exact(row.at)}</div>
                </li>
            }
        };
        view! {
            <PageHead title=texts::notifications().to_owned()>{mark}</PageHead>
            <p class="summary" role="status">
                {summary}
            </p>
            <ul class="notifications">{rows.into_iter().map(row).collect_view()}</ul>
            <p class="muted">{texts::notifications_kept()}</p>
        }
    }
}
