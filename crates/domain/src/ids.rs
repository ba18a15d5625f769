use std::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(
    /// The id of an item. Unique, but neither dense nor in order of time.
    ItemId
);
id!(
    /// The id of a draft of a stock document.
    DraftId
);
id!(
    /// The id of a warehouse.
    WarehouseId
);
id!(
    /// The id of a block. Unique, but neither dense nor in order of time.
    BlockId
);
id!(
    /// The id of an order. Unique, but neither dense nor in order of time.
    OrderId
);
id!(
    /// The id of a cart. It equals the id of the cart's first block.
    CartId
);
id!(
    /// The id of an import of a file.
    ImportId
);
id!(
    /// The id of a webhook endpoint.
    WebhookId
);

/// The key of a stock level. Stock levels are locked in the order of this key, in every transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LevelKey {
    /// The item.
    pub item: ItemId,
    /// The warehouse.
    pub warehouse: WarehouseId,
}
