//! Rows that stay in place while a person works in a list.

// The server holds no list.
#![cfg_attr(feature = "ssr", allow(dead_code))]

use crate::components::cell::Row;
use crate::components::time::Clock;
use crate::memo::effect;
use leptos::html;
use leptos::prelude::*;

/// The time for which a list stays current after a change of its address, in milliseconds, unless its rows change before.
const ADDRESS_SETTLES_MS: f64 = 10_000.0;
/// The same time after an action of the person, in milliseconds.
const ACTION_SETTLES_MS: f64 = 3_000.0;

/// Whether a shown row is still in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    /// It is in the list.
    Yes,
    /// It has left the list. Its cells are the last ones.
    Left,
    /// It has left the list. Its cells show its new state.
    Ended,
}

/// A row as the table shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct ShownRow {
    /// The row.
    pub row: Row,
    /// Whether it is still in the list.
    pub listed: Listed,
}

/// The rows that a table shows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Arranged {
    /// The shown rows in their order.
    pub shown: Vec<ShownRow>,
    /// The number of new rows that are not shown.
    pub waiting: usize,
    /// Whether the list is held still.
    is_held: bool,
    /// The ids of the list's rows, shown or not.
    ids: Vec<i64>,
    /// The end of the last period for which the list stays current, if it is over.
    settled: f64,
}

impl Arranged {
    /// Shows the rows of the list.
    pub fn current(rows: Vec<Row>) -> Self {
        let ids = rows.iter().map(|row| row.id).collect();
        let shown = rows.into_iter().map(|row| ShownRow { row, listed: Listed::Yes }).collect();
        Self { shown, waiting: 0, is_held: false, ids, settled: 0.0 }
    }

    /// Returns the ids of the shown rows that are in the list.
    pub fn listed_ids(&self) -> Vec<i64> {
        self.shown.iter().filter(|shown| shown.listed == Listed::Yes).map(|shown| shown.row.id).collect()
    }

    /// Keeps the shown rows in place: new rows wait, and rows that have left the list stay. `ended` are rows that have left,
    /// in their new state. If the list is fetched from the row `start` on, no new row pushes a shown one to the next page.
    fn held(&self, rows: Vec<Row>, ended: &[Row], start: Option<i64>) -> Self {
        let find = |id: i64| rows.iter().find(|row| row.id == id);
        let is_shown = |id: i64| self.shown.iter().any(|shown| shown.row.id == id);
        let is_complete = start.is_some_and(|start| rows.iter().all(|row| row.id <= start));
        let waiting = match is_complete {
            true => 0,
            false => rows.iter().filter(|row| !is_shown(row.id)).count(),
        };
        let last = self.shown.iter().rposition(|shown| find(shown.row.id).is_some());
        // New rows may have pushed the rows after the last one to the next page. They are still there.
        let end = if waiting == 0 { self.shown.len() } else { last.map_or(0, |last| last + 1) };
        let keep = |(at, shown): (usize, &ShownRow)| {
            let id = shown.row.id;
            if let Some(row) = find(id) {
                return ShownRow { row: row.clone(), listed: Listed::Yes };
            }
            match ended.iter().find(|row| row.id == id) {
                Some(row) => ShownRow { row: row.clone(), listed: Listed::Ended },
                None if at < end => ShownRow { row: shown.row.clone(), listed: Listed::Left },
                None => shown.clone(),
            }
        };
        let shown = self.shown.iter().enumerate().map(keep).collect();
        let ids = rows.iter().map(|row| row.id).collect();
        Self { shown, waiting, ids, is_held: true, settled: self.settled }
    }
}

/// Holds a list still while the pointer or the focus is in it, and while rows are selected.
#[derive(Clone, Copy)]
pub struct ListHold {
    /// Whether the pointer or the focus is in the list, or was a second ago.
    inside: RwSignal<bool>,
    /// The end of the period for which the list stays current, in milliseconds since 1970.
    current_until: RwSignal<f64>,
    /// The id of the newest row, while the list is fetched from it on. Always `None` for a list that is not by id.
    start: RwSignal<Option<i64>>,
    /// The number of rows that are newer than `start`, and whether there may be more.
    newer: RwSignal<(usize, bool)>,
    /// Rows that have left the list, in their new state.
    ended: RwSignal<Vec<Row>>,
    /// The ids of shown rows that have left the list, without their new state.
    left: RwSignal<Vec<i64>>,
    is_by_id: bool,
}

impl ListHold {
    /// Creates the hold of a list of any order.
    pub fn new() -> Self {
        Self {
            inside: RwSignal::new(false),
            current_until: RwSignal::new(0.0),
            start: RwSignal::new(None),
            newer: RwSignal::new((0, false)),
            ended: RwSignal::new(Vec::new()),
            left: RwSignal::new(Vec::new()),
            is_by_id: false,
        }
    }

    /// Creates the hold of a list by id, newest first, whose page is fetched from [`Self::start`] on. Its shown rows are
    /// then up to date however many new rows there are.
    pub fn by_id() -> Self {
        Self { is_by_id: true, ..Self::new() }
    }

    /// Returns whether the pointer or the focus is in the list. Tracks it.
    pub fn is_inside(self) -> bool {
        self.inside.get()
    }

    /// Holds the list: the pointer or the focus is in it.
    pub fn enter(self) {
        if !self.inside.get_untracked() {
            self.inside.set(true);
        }
    }

    /// Returns the id of the newest row while new rows wait. Tracks it.
    pub fn start(self) -> Option<i64> {
        self.start.get()
    }

    /// Sets the number of rows that are newer than [`Self::start`], and whether there may be more.
    pub fn set_newer(self, newer: usize, may_be_more: bool) {
        if self.newer.get_untracked() != (newer, may_be_more) {
            self.newer.set((newer, may_be_more));
        }
    }

    /// Adds a row that has left the list, in its new state.
    pub fn add_ended(self, row: Row) {
        self.ended.try_update(|ended| ended.push(row));
    }

    /// Makes the list current, and keeps it current until the result of the person's action is in it.
    pub fn show_all(self) {
        self.settle(ACTION_SETTLES_MS);
    }

    /// Makes the list current after a change of its address.
    pub fn show_other(self) {
        self.settle(ADDRESS_SETTLES_MS);
    }

    fn settle(self, milliseconds: f64) {
        self.start.set(None);
        self.current_until.set(js_sys::Date::now() + milliseconds);
    }

    /// Arranges the rows. `is_selected` tells whether a row is selected.
    #[cfg(not(feature = "ssr"))]
    pub fn arrange(
        self,
        rows: Signal<Vec<Row>>,
        is_selected: impl Fn(i64) -> bool + Send + Sync + 'static,
    ) -> Signal<Arranged> {
        let arranged = Memo::new(move |last: Option<&Arranged>| {
            let (rows, until) = (rows.get(), self.current_until.get());
            let is_held = self.inside.get() || rows.iter().any(|row| is_selected(row.id));
            let ids = rows.iter().map(|row| row.id);
            let Some(last) = last.filter(|_| is_held) else {
                return Arranged { is_held, ..Arranged::current(rows) };
            };
            if until > last.settled && js_sys::Date::now() < until {
                let settled = if ids.eq(last.ids.iter().copied()) { last.settled } else { until };
                return Arranged { settled, is_held, ..Arranged::current(rows) };
            }
            self.ended.with(|ended| last.held(rows, ended, self.start.get()))
        });
        self.follow(arranged);
        arranged.into()
    }

    /// Arranges the rows: the server shows all.
    #[cfg(feature = "ssr")]
    pub fn arrange(
        self,
        rows: Signal<Vec<Row>>,
        is_selected: impl Fn(i64) -> bool + Send + Sync + 'static,
    ) -> Signal<Arranged> {
        drop(is_selected);
        crate::memo::derived(move || Arranged::current(rows.get()))
    }

    /// Starts the page of a list by id at its first row while new rows wait. Notes the rows that have left the list.
    #[cfg(not(feature = "ssr"))]
    fn follow(self, arranged: Memo<Arranged>) {
        effect(move |_| {
            arranged.with(|arranged| {
                if !arranged.is_held {
                    self.start.set(None);
                    self.ended.update(Vec::clear);
                } else if self.is_by_id && arranged.waiting > 0 && self.start.get_untracked().is_none() {
                    self.start.set(arranged.shown.iter().map(|shown| shown.row.id).max());
                }
                let left = arranged.shown.iter().filter(|shown| shown.listed == Listed::Left);
                self.left.set(left.map(|shown| shown.row.id).collect());
            });
        });
    }

    /// Returns the ids of the shown rows that have left the list, without their new state. Tracks them.
    pub fn left(self) -> Vec<i64> {
        self.left.get()
    }

    /// Returns the number of new rows that wait, and whether there may be more. Tracks them.
    pub fn waiting(self, arranged: Signal<Arranged>) -> (usize, bool) {
        arranged.with(|arranged| (arranged.waiting, false)).max(self.newer.get())
    }

    /// Checks each second whether the pointer or the focus is still in the list. A listener of their leaving would miss a
    /// focused element that is removed.
    pub fn watch(self, body: NodeRef<html::Tbody>) {
        let clock = Clock::expect();
        effect(move |was_outside: Option<bool>| {
            if !self.inside.get() {
                return false;
            }
            _ = clock.now();
            let is_outside = body
                .get_untracked()
                .is_none_or(|body| !matches!(body.matches(":hover, :focus-within"), Ok(true)));
            if is_outside && was_outside == Some(true) {
                self.inside.set(false);
            }
            is_outside
        });
        on_cleanup(move || _ = self.inside.try_set(false));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(ids: &[i64]) -> Vec<Row> {
        ids.iter().map(|id| Row { id: *id, cells: Vec::new() }).collect()
    }

    /// Writes the ids of the shown rows: `-` marks rows that have left the list, `+` those in their new state.
    fn text(arranged: &Arranged) -> String {
        let row = |shown: &ShownRow| match shown.listed {
            Listed::Yes => shown.row.id.to_string(),
            Listed::Left => format!("-{}", shown.row.id),
            Listed::Ended => format!("+{}", shown.row.id),
        };
        let shown = arranged.shown.iter().map(row).collect::<Vec<_>>().join(" ");
        format!("{shown} ({} wait)", arranged.waiting)
    }

    #[test]
    fn new_rows_wait() {
        let shown = Arranged::current(rows(&[3, 2, 1]));
        assert_eq!(text(&shown.held(rows(&[5, 4, 3, 2, 1]), &[], None)), "3 2 1 (2 wait)");
    }

    #[test]
    fn rows_that_leave_stay_in_place() {
        let shown = Arranged::current(rows(&[3, 2, 1]));
        let held = shown.held(rows(&[3, 1]), &[], None);
        assert_eq!(text(&held), "3 -2 1 (0 wait)");
        assert_eq!(text(&held.held(rows(&[3, 1]), &rows(&[2]), None)), "3 +2 1 (0 wait)");
        assert_eq!(text(&held.held(rows(&[3, 2, 1]), &[], None)), "3 2 1 (0 wait)");
    }

    #[test]
    fn rows_on_the_next_page_have_not_left() {
        let shown = Arranged::current(rows(&[3, 2, 1]));
        assert_eq!(text(&shown.held(rows(&[5, 4, 2]), &[], None)), "-3 2 1 (2 wait)");
        assert_eq!(text(&shown.held(rows(&[6, 5, 4]), &[], None)), "3 2 1 (3 wait)");
    }

    #[test]
    fn a_list_from_its_first_row_on_is_complete() {
        let shown = Arranged::current(rows(&[3, 2, 1]));
        assert_eq!(text(&shown.held(rows(&[2, 1, 0]), &[], Some(3))), "-3 2 1 (0 wait)");
        // The response to a request from before the start.
        assert_eq!(text(&shown.held(rows(&[5, 4, 3]), &[], Some(3))), "3 2 1 (2 wait)");
    }
}
