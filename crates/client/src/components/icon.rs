use leptos::prelude::*;

/// The icons of the console: SVG strokes in a square of 20 units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// The overview.
    Overview,
    /// Categories.
    Tag,
    /// Items.
    Item,
    /// Blocks.
    Lock,
    /// Orders.
    Order,
    /// Warehouses.
    Warehouse,
    /// The light theme.
    Sun,
    /// The dark theme.
    Moon,
    /// The theme of the operating system.
    Monitor,
    /// Search.
    Search,
    /// Add.
    Plus,
    /// Close or remove.
    Cross,
    /// Done.
    Check,
    /// A problem.
    Alert,
    /// Sorted descending.
    Down,
    /// Sorted ascending.
    Up,
    /// Sortable, and not sorted.
    Sort,
    /// Notifications.
    #[cfg(feature = "ssr")]
    Bell,
}

impl Icon {
    fn strokes(self) -> &'static str {
        match self {
            Self::Overview => "M3 3h5.5v5.5H3zM11.5 3H17v5.5h-5.5zM3 11.5h5.5V17H3zM11.5 11.5H17V17h-5.5z",
            Self::Tag => "M3 3.5h6.2l7.8 7.8-5.7 5.7L3.5 9.2zM6.7 6.8h.01",
            Self::Item => "M10 2.5 17 6v8l-7 3.5L3 14V6zM3 6l7 3.5L17 6M10 9.5v8",
            Self::Lock => "M4.5 9h11v8h-11zM6.8 9V6.3a3.2 3.2 0 0 1 6.4 0V9M10 12.2v1.6",
            Self::Order => "M4.5 2.5h11V17l-2.7-1.6L10 17l-2.8-1.6L4.5 17zM7.5 6.5h5M7.5 10h5",
            Self::Warehouse => "M2.5 8 10 3.5 17.5 8v9h-15zM6 17v-6h8v6M6 14h8",
            Self::Sun => {
                "M10 6.7a3.3 3.3 0 1 0 0 6.6 3.3 3.3 0 0 0 0-6.6zM10 2v1.4M10 16.6V18M2 10h1.4M16.6 10H18\
                 M4.3 4.3l1 1M14.7 14.7l1 1M4.3 15.7l1-1M14.7 5.3l1-1"
            }
            Self::Moon => "M16.5 11.6A6.7 6.7 0 0 1 8.4 3.5a6.7 6.7 0 1 0 8.1 8.1z",
            Self::Monitor => "M3 4h14v9H3zM7.5 16.5h5M10 13v3.5",
            Self::Search => "M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM13 13l4 4",
            Self::Plus => "M10 4v12M4 10h12",
            Self::Cross => "M5 5l10 10M15 5 5 15",
            Self::Check => "M4 10.5l4 4 8-9",
            Self::Alert => "M10 3l7.5 13.5h-15zM10 8.2v3.6M10 14h.01",
            Self::Down => "M5 8l5 5 5-5",
            Self::Up => "M5 12l5-5 5 5",
            Self::Sort => "M6 8l4-4 4 4M6 12l4 4 4-4",
            #[cfg(feature = "ssr")]
            Self::Bell => "M5 14V9a5 5 0 0 1 10 0v5l1.5 1.5h-13zM8.3 17h3.4",
        }
    }

    /// Renders the icon. Hidden from screen readers, which read the text next to it.
    pub fn view(self) -> impl IntoView {
        view! {
            <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
                <path d=self.strokes() />
            </svg>
        }
    }
}
