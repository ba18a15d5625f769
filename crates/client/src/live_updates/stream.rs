use super::state::{ConnectionState, LiveUpdates};
use crate::components::toast::Toasts;
use crate::refetch::RefetchTrigger;
use api::Touched;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventSource, MessageEvent, VisibilityState};

/// The most items whose latest quantity is cached. Beyond it the cache is cleared and all data is fetched again.
const CACHED_ITEMS_MAX: usize = 2_000;

/// The shortest time between two refreshes of the page. A sale can send a thousand changes per second; people
/// can't read more than this.
const APPLY_INTERVAL: Duration = Duration::from_millis(600);
/// The time from the first change after a silence to the refresh: changes that arrive together are applied
/// together.
const BATCH_DELAY: Duration = Duration::from_millis(60);
/// The times from the last change to further refetches. The server caches sums over very many blocks for some
/// tenths of a second, and no sum for more than ten seconds.
const REFETCH_DELAYS: [Duration; 3] =
    [Duration::from_millis(700), Duration::from_secs(2), Duration::from_secs(12)];
/// The time after which a closed stream is opened again.
const RECONNECT_DELAY: Duration = Duration::from_secs(2);

struct Stream {
    live: LiveUpdates,
    refetch: RefetchTrigger,
    toasts: Toasts,
    source: RefCell<Option<EventSource>>,
    /// The cursor at which a new stream resumes; `None` before the first message.
    cursor: RefCell<Option<String>>,
    /// Messages that are not applied yet.
    received: RefCell<Vec<api::Changes>>,
    /// Whether a timer for the next [`Stream::apply`] is set.
    scheduled: Cell<bool>,
    /// Whether the last [`Stream::apply`] is less than [`APPLY_INTERVAL`] ago.
    throttled: Cell<bool>,
    /// The number of calls of [`Stream::apply`].
    applied: Cell<u64>,
}

/// Opens the stream, and keeps it open while the browser tab is visible: browsers allow few connections to one
/// server, and each stream takes one.
pub(super) fn connect(live: LiveUpdates) {
    let stream = Rc::new(Stream {
        live,
        refetch: RefetchTrigger::expect(),
        toasts: Toasts::expect(),
        source: RefCell::default(),
        cursor: RefCell::default(),
        received: RefCell::default(),
        scheduled: Cell::default(),
        throttled: Cell::default(),
        applied: Cell::default(),
    });
    stream.open();
    let on_visibility_change = Closure::<dyn Fn()>::new(move || match document().visibility_state() {
        VisibilityState::Hidden => stream.close(),
        _ if stream.source.borrow().is_none() => stream.open(),
        _ => {}
    });
    let function = on_visibility_change.as_ref().unchecked_ref();
    _ = document().add_event_listener_with_callback("visibilitychange", function);
    // The listener lives as long as the page.
    on_visibility_change.forget();
}

impl Stream {
    fn open(self: &Rc<Self>) {
        let after =
            self.cursor.borrow().as_ref().map(|cursor| format!("?after={cursor}")).unwrap_or_default();
        let Ok(source) = EventSource::new(&format!("/api/events/stream{after}")) else { return };
        let stream = self.clone();
        let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(text) = event.data().as_string() {
                stream.receive(&text);
            }
        });
        _ = source.add_event_listener_with_callback("changes", on_message.as_ref().unchecked_ref());
        let stream = self.clone();
        let on_error = Closure::<dyn Fn(Event)>::new(move |_| stream.reconnect());
        source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        // A page opens few streams, so these listeners are never freed.
        on_message.forget();
        on_error.forget();
        self.source.replace(Some(source));
    }

    fn close(&self) {
        if let Some(source) = self.source.take() {
            source.close();
        }
        self.live.connection.set(ConnectionState::Connecting);
    }

    /// Opens a new stream if the browser has given up. It does after a rejection of the server; after other errors
    /// it reconnects by itself. A request tells whether the session has ended, because a stream has no status.
    fn reconnect(self: &Rc<Self>) {
        self.live.connection.set(ConnectionState::Connecting);
        let closed = |source: &EventSource| source.ready_state() == EventSource::CLOSED;
        if !self.source.borrow().as_ref().is_some_and(closed) {
            return;
        }
        self.close();
        let stream = self.clone();
        spawn_local(async move {
            match api::rpc::list_warehouses().await {
                Err(problem) if problem.status == 401 => {
                    stream.live.connection.set(ConnectionState::SignedOut);
                    stream.toasts.problem(problem);
                }
                _ => set_timeout(
                    move || {
                        if stream.source.borrow().is_none() {
                            stream.open();
                        }
                    },
                    RECONNECT_DELAY,
                ),
            }
        });
    }

    fn receive(self: &Rc<Self>, text: &str) {
        let Ok(changes) = api::json::from_json::<api::Changes>(text.as_bytes()) else { return };
        let first = self.cursor.replace(Some(changes.cursor.clone())).is_none();
        if self.live.connection.get_untracked() != ConnectionState::Connected {
            self.live.connection.set(ConnectionState::Connected);
        }
        if first {
            // The stream has no changes from the time between the server's rendering and its first message.
            self.live.stock.update(|version| *version += 1);
        }
        if changes.skipped || !changes.events.is_empty() || !changes.touched.is_empty() {
            self.received.borrow_mut().push(changes);
            self.schedule(BATCH_DELAY);
        }
    }

    /// Calls [`Self::apply`] after `delay`, unless a call is scheduled or too recent.
    fn schedule(self: &Rc<Self>, delay: Duration) {
        if self.throttled.get() || self.scheduled.replace(true) {
            return;
        }
        let stream = self.clone();
        set_timeout(move || stream.apply(), delay);
    }

    /// Fetches stock data again after each of [`REFETCH_DELAYS`], unless further changes arrive before.
    fn refetch_later(self: &Rc<Self>) {
        let applied = self.applied.get() + 1;
        self.applied.set(applied);
        for delay in REFETCH_DELAYS {
            let stream = self.clone();
            let refetch = move || {
                if stream.applied.get() == applied {
                    stream.live.stock.update(|version| *version += 1);
                }
            };
            set_timeout(refetch, delay);
        }
    }

    /// Applies all messages received since the last call.
    fn apply(self: &Rc<Self>) {
        self.scheduled.set(false);
        let received = self.received.take();
        if received.is_empty() {
            return;
        }
        let live = self.live;
        let full = live.items.with_untracked(|items| items.len() > CACHED_ITEMS_MAX);
        let touched = |kind| received.iter().any(|changes| changes.touched.contains(&kind));
        if full || touched(Touched::Stock) || received.iter().any(|changes| changes.skipped) {
            live.items.update(|items| items.clear());
            self.refetch.trigger();
        }
        let version = live.stock.get_untracked() + 1;
        live.items.update(|items| {
            for item in received.iter().flat_map(|changes| &changes.items) {
                items.insert(item.item_id, (item.quantity, version));
            }
        });
        live.stock.set(version);
        if touched(Touched::Items) || touched(Touched::Warehouses) || touched(Touched::Blocks) {
            live.catalog.update(|version| *version += 1);
        }
        let mut events = received.iter().flat_map(|changes| &changes.events);
        if touched(Touched::Orders) || events.any(|event| event.order_id.is_some()) {
            live.orders.update(|version| *version += 1);
        }
        self.refetch_later();
        self.throttle();
    }

    /// Prevents the next [`Self::apply`] for [`APPLY_INTERVAL`].
    fn throttle(self: &Rc<Self>) {
        self.throttled.set(true);
        let stream = self.clone();
        set_timeout(
            move || {
                stream.throttled.set(false);
                if !stream.received.borrow().is_empty() {
                    stream.schedule(Duration::ZERO);
                }
            },
            APPLY_INTERVAL,
        );
    }
}
