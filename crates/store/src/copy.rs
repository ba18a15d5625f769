//! COPY: lines of its text format, and their messages.

use crate::Result;
use domain::Time;
use sqlx::postgres::PgConnection;
use std::fmt::{Display, Write as _};

/// The bytes of lines that are sent in one message, about.
const MESSAGE_BYTES: usize = 256 << 10;

/// A line of values.
pub(crate) struct Line<'a>(&'a mut String);

impl Line<'_> {
    /// Adds a number or another value that needs no escapes.
    pub(crate) fn value(self, value: impl Display) -> Self {
        // Writing to a string cannot fail.
        _ = write!(self.0, "{value}\t");
        self
    }

    /// Adds a text.
    pub(crate) fn text(self, text: &str) -> Self {
        for character in text.chars() {
            match character {
                '\\' => self.0.push_str("\\\\"),
                '\t' => self.0.push_str("\\t"),
                '\n' => self.0.push_str("\\n"),
                '\r' => self.0.push_str("\\r"),
                other => self.0.push(other),
            }
        }
        self.0.push('\t');
        self
    }

    /// Adds a time.
    pub(crate) fn time(self, time: Time) -> Self {
        self.value(format_args!("{}+00", time.naive_utc()))
    }

    /// Adds a value by `add`, or NULL.
    pub(crate) fn optional<T>(self, value: Option<T>, add: impl FnOnce(Self, T) -> Self) -> Self {
        match value {
            Some(value) => add(self, value),
            None => self.value("\\N"),
        }
    }

    /// Ends the line. Each value has added a tab after it.
    fn end(self) {
        self.0.pop();
        self.0.push('\n');
    }
}

/// Sends a line per row to `statement`, a COPY.
pub(crate) async fn copy<T>(
    connection: &mut PgConnection,
    statement: &'static str,
    rows: impl IntoIterator<Item = T>,
    line: impl Fn(Line<'_>, T) -> Line<'_>,
) -> Result<()> {
    copy_reporting(connection, statement, rows, line, |_| {}).await
}

/// The same as [`copy`], but calls `report` after each message with the number of its rows.
pub(crate) async fn copy_reporting<T>(
    connection: &mut PgConnection,
    statement: &'static str,
    rows: impl IntoIterator<Item = T>,
    line: impl Fn(Line<'_>, T) -> Line<'_>,
    mut report: impl FnMut(u64),
) -> Result<()> {
    let mut copying = connection.copy_in_raw(statement).await?;
    let (mut lines, mut count) = (String::new(), 0);
    for row in rows {
        line(Line(&mut lines), row).end();
        count += 1;
        if lines.len() > MESSAGE_BYTES {
            copying.send(lines.as_bytes()).await?;
            lines.clear();
            report(std::mem::take(&mut count));
        }
    }
    copying.send(lines.as_bytes()).await?;
    report(count);
    copying.finish().await?;
    Ok(())
}
