//! What happens elsewhere, heard within a second: one stream of events for the whole console, which tells
//! pages what to fetch again and lists what to show at once.

use leptos::prelude::*;
use std::collections::HashMap;
use std::hash::Hash;

use crate::fetch::fingerprint;
use crate::memo::Look;

/// Whether the page hears what happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hearing {
    /// Not yet, or not any more: it will go on where it stopped.
    Connecting,
    /// Every change shows within a second.
    Live,
}

/// The most items whose latest quantity is remembered; beyond it everything is fetched again instead.
#[cfg(feature = "hydrate")]
const REMEMBERED_MAX: usize = 2_000;

/// What was heard.
#[derive(Clone, Copy)]
pub struct Live {
    hearing: RwSignal<Hearing>,
    /// Another number after each time that something of the stock has changed.
    stock: RwSignal<u64>,
    orders: RwSignal<u64>,
    /// After each change that no ledger line tells: names, new items and warehouses, a block's time.
    named: RwSignal<u64>,
    /// By item: its quantity now, and the value of `stock` when that was heard.
    items: RwSignal<HashMap<i64, (i32, u64)>>,
    /// What cells showed last, by who they are.
    shown: StoredValue<HashMap<u64, u64>>,
}

impl Live {
    /// Makes it known to everything below, and begins to listen in the browser.
    pub fn provide() {
        let live = Self {
            hearing: RwSignal::new(Hearing::Connecting),
            stock: RwSignal::new(0),
            orders: RwSignal::new(0),
            named: RwSignal::new(0),
            items: RwSignal::new(HashMap::new()),
            shown: StoredValue::new(HashMap::new()),
        };
        provide_context(live);
        #[cfg(feature = "hydrate")]
        Effect::new(move |_| stream::listen(live));
    }

    /// That of this console.
    pub fn expect() -> Self {
        expect_context()
    }

    /// Whether the page hears what happens.
    pub fn hearing(self) -> Hearing {
        self.hearing.get()
    }

    /// Another number after each change of any stock level.
    pub fn stock(self) -> u64 {
        self.stock.get()
    }

    /// Another number after each change of an order's stock.
    pub fn orders(self) -> u64 {
        self.orders.get()
    }

    /// Another number after each change of what things are called.
    pub fn named(self) -> u64 {
        self.named.get()
    }

    /// Another number after each change of one item.
    pub fn item(self, id: i64) -> u64 {
        self.named.get() + self.items.look(|items| items.get(&id).map_or(0, |(_, heard)| *heard))
    }

    /// An item's quantity as heard last, or else as it was fetched.
    pub fn quantity(self, id: i64, fetched: i32) -> i32 {
        self.items.look(|items| items.get(&id).map_or(fetched, |(quantity, _)| *quantity))
    }

    /// Whether a cell shows another value than it did before: it is then marked for a moment.
    pub fn changed(self, cell: &impl Hash, value: &impl Hash) -> bool {
        if cfg!(feature = "ssr") {
            return false;
        }
        let (cell, value) = (fingerprint(cell), fingerprint(value));
        let before = self.shown.try_update_value(|shown| shown.insert(cell, value)).flatten();
        before.is_some_and(|before| before != value)
    }
}

#[cfg(feature = "hydrate")]
mod stream {
    use super::{Hearing, Live, REMEMBERED_MAX};
    use crate::fetch::Changes;
    use crate::memo::{Change, Look};
    use api::Touched;
    use leptos::prelude::*;
    use std::cell::{Cell, RefCell};
    use std::rc::Rc;
    use std::time::Duration;
    use wasm_bindgen::JsCast;
    use wasm_bindgen::closure::Closure;
    use web_sys::{Event, EventSource, MessageEvent, VisibilityState};

    /// Between two times that a page takes in what it heard. A sale can tell a thousand changes a second;
    /// people can't read more than this.
    const PAUSE: Duration = Duration::from_millis(600);
    /// From the first change after a silence until it is taken in: what comes together is taken in together.
    const GATHER: Duration = Duration::from_millis(60);
    /// From the last change until what it concerns is fetched again: sums over very many blocks are kept by the
    /// server for some tenths of a second, and nothing for more than ten.
    const ECHOES: [Duration; 3] =
        [Duration::from_millis(700), Duration::from_secs(2), Duration::from_secs(12)];
    /// Until a stream that the browser gave up is opened anew.
    const RETRY: Duration = Duration::from_secs(2);

    struct Stream {
        live: Live,
        changes: Changes,
        source: RefCell<Option<EventSource>>,
        /// Where a new stream goes on; none before the first message.
        cursor: RefCell<Option<String>>,
        heard: RefCell<Vec<api::Changes>>,
        /// Whether what was heard is about to be taken in.
        awaited: Cell<bool>,
        /// Whether the last time is shorter ago than `PAUSE`.
        paused: Cell<bool>,
        /// How often something was taken in.
        turns: Cell<u64>,
    }

    /// Listens as long as the console is open, while someone looks at it: a browser opens few connections to
    /// one server, and each stream takes one.
    pub(super) fn listen(live: Live) {
        let stream = Rc::new(Stream {
            live,
            changes: Changes::expect(),
            source: RefCell::default(),
            cursor: RefCell::default(),
            heard: RefCell::default(),
            awaited: Cell::default(),
            paused: Cell::default(),
            turns: Cell::default(),
        });
        stream.open();
        let looking = Closure::<dyn Fn()>::new(move || match document().visibility_state() {
            VisibilityState::Hidden => stream.close(),
            _ if stream.source.borrow().is_none() => stream.open(),
            _ => {}
        });
        let function = looking.as_ref().unchecked_ref();
        _ = document().add_event_listener_with_callback("visibilitychange", function);
        // The console lives as long as the page.
        looking.forget();
    }

    impl Stream {
        fn open(self: &Rc<Self>) {
            let after =
                self.cursor.borrow().as_ref().map(|cursor| format!("?after={cursor}")).unwrap_or_default();
            let Ok(source) = EventSource::new(&format!("/api/events/stream{after}")) else { return };
            let stream = self.clone();
            let message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
                if let Some(text) = event.data().as_string() {
                    stream.hear(&text);
                }
            });
            _ = source.add_event_listener_with_callback("changes", message.as_ref().unchecked_ref());
            let stream = self.clone();
            let error = Closure::<dyn Fn(Event)>::new(move |_| stream.lose());
            source.set_onerror(Some(error.as_ref().unchecked_ref()));
            // Streams are few; their listeners may stay.
            message.forget();
            error.forget();
            self.source.replace(Some(source));
        }

        fn close(&self) {
            if let Some(source) = self.source.take() {
                source.close();
            }
            self.live.hearing.set(Hearing::Connecting);
        }

        /// The browser connects again by itself, unless the server has refused.
        fn lose(self: &Rc<Self>) {
            self.live.hearing.set(Hearing::Connecting);
            let given_up = |source: &EventSource| source.ready_state() == EventSource::CLOSED;
            if self.source.borrow().as_ref().is_some_and(given_up) {
                self.close();
                let stream = self.clone();
                set_timeout(
                    move || {
                        if stream.source.borrow().is_none() {
                            stream.open();
                        }
                    },
                    RETRY,
                );
            }
        }

        fn hear(self: &Rc<Self>, text: &str) {
            let Ok(changes) = api::read::from_json::<api::Changes>(text.as_bytes()) else { return };
            let first = self.cursor.replace(Some(changes.cursor.clone())).is_none();
            if self.live.hearing.get_untracked() != Hearing::Live {
                self.live.hearing.set(Hearing::Live);
            }
            if first {
                // What happened between the server's rendering and now was told to nobody.
                self.live.stock.change(|version| *version += 1);
            }
            if changes.skipped || !changes.events.is_empty() || !changes.touched.is_empty() {
                self.heard.borrow_mut().push(changes);
                self.soon(GATHER);
            }
        }

        fn soon(self: &Rc<Self>, wait: Duration) {
            if self.paused.get() || self.awaited.replace(true) {
                return;
            }
            let stream = self.clone();
            set_timeout(move || stream.take_in(), wait);
        }

        /// Lets everything be fetched once more when it has been still for a while.
        fn echo(self: &Rc<Self>) {
            let turn = self.turns.get() + 1;
            self.turns.set(turn);
            for echo in ECHOES {
                let stream = self.clone();
                let again = move || {
                    if stream.turns.get() == turn {
                        stream.live.stock.change(|version| *version += 1);
                    }
                };
                set_timeout(again, echo);
            }
        }

        fn take_in(self: &Rc<Self>) {
            self.awaited.set(false);
            let heard = self.heard.take();
            if heard.is_empty() {
                return;
            }
            let live = self.live;
            let full = live.items.glance(|items| items.len() > REMEMBERED_MAX);
            let touched = |kind| heard.iter().any(|changes| changes.touched.contains(&kind));
            if full || touched(Touched::Stock) || heard.iter().any(|changes| changes.skipped) {
                live.items.change(|items| items.clear());
                self.changes.mark();
            }
            let version = live.stock.get_untracked() + 1;
            live.items.change(|items| {
                for item in heard.iter().flat_map(|changes| &changes.items) {
                    items.insert(item.item_id, (item.quantity, version));
                }
            });
            live.stock.set(version);
            if touched(Touched::Items) || touched(Touched::Warehouses) || touched(Touched::Blocks) {
                live.named.change(|version| *version += 1);
            }
            let mut events = heard.iter().flat_map(|changes| &changes.events);
            if touched(Touched::Orders) || events.any(|event| event.order_id.is_some()) {
                live.orders.change(|version| *version += 1);
            }
            self.echo();
            self.paused.set(true);
            let stream = self.clone();
            set_timeout(
                move || {
                    stream.paused.set(false);
                    if !stream.heard.borrow().is_empty() {
                        stream.soon(Duration::ZERO);
                    }
                },
                PAUSE,
            );
        }
    }
}
