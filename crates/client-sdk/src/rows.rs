//! The rows of all pages of a list.

use crate::request::Request;
use crate::types::Page;
use crate::{Error, Stockhold};
use serde::de::DeserializeOwned;
use std::collections::VecDeque;

/// Reads the rows of a list, one page at a time.
#[derive(Debug)]
pub struct Rows<T> {
    client: Stockhold,
    /// The request of the next page. None after the last page.
    request: Option<Request>,
    /// The parameter for the cursor of a page.
    cursor: &'static str,
    read: VecDeque<T>,
}

impl<T: DeserializeOwned> Rows<T> {
    pub(crate) fn new(client: &Stockhold, request: Request, cursor: &'static str) -> Self {
        Self { client: client.clone(), request: Some(request), cursor, read: VecDeque::new() }
    }

    /// Returns the next row. None after the last row.
    ///
    /// # Errors
    /// A page can't be read. The next call reads it again.
    pub async fn next(&mut self) -> Result<Option<T>, Error> {
        // A page may have no rows.
        while self.read.is_empty() {
            let Some(request) = &self.request else { return Ok(None) };
            let page: Page<T> = self.client.json(request.clone()).await?;
            self.read.extend(page.items);
            let request = self.request.take().zip(page.next);
            self.request = request.map(|(mut request, next)| {
                request.query.retain(|(name, _)| name != self.cursor);
                request.query.push((self.cursor.to_owned(), next));
                request
            });
        }
        Ok(self.read.pop_front())
    }
}
