/// The status of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderStatus {
    /// Created; no units are allocated.
    Pending,
    /// Some units are allocated, some are missing.
    Partial,
    /// Every unit is allocated, and some have not been shipped.
    Allocated,
    /// Every unit was shipped.
    Shipped,
    /// Cancelled; its allocated units have returned to stock.
    Cancelled,
}

impl OrderStatus {
    /// Its name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Partial => "partial",
            Self::Allocated => "allocated",
            Self::Shipped => "shipped",
            Self::Cancelled => "cancelled",
        }
    }

    /// Parses a name in the database.
    pub fn parse(name: &str) -> Option<Self> {
        let all = [Self::Pending, Self::Partial, Self::Allocated, Self::Shipped, Self::Cancelled];
        all.into_iter().find(|status| status.as_str() == name)
    }
}
