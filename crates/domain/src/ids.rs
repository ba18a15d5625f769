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
    /// Names an item. Unique; neither dense nor in order of time.
    ItemId
);
id!(
    /// Names a warehouse.
    WarehouseId
);
id!(
    /// Names a block. Unique; neither dense nor in order of time.
    BlockId
);
id!(
    /// Names an order. Unique; neither dense nor in order of time.
    OrderId
);
id!(
    /// Names a cart: the blocks that one request placed together. It is the id of the first of them.
    CartId
);
