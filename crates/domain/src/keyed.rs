//! Requests that name items and warehouses by id, by SKU or by code.

use crate::line_sums::check_line_count;
use crate::{
    CartLine, ChangeCart, ChangeCondition, Error, ItemId, NewItem, NewOrder, OrderPriority, PlaceBlock,
    PlaceCart, PlaceHold, Quantity, Reference, Sku, StockAdjustment, StockMove, WarehouseCode, WarehouseId,
};

/// An item, by its id or by its SKU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemKey {
    /// Its id.
    Id(ItemId),
    /// Its SKU.
    Sku(Sku),
}

/// A warehouse, by its id or by its code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WarehouseKey {
    /// Its id.
    Id(WarehouseId),
    /// Its code.
    Code(WarehouseCode),
}

impl From<ItemId> for ItemKey {
    fn from(id: ItemId) -> Self {
        Self::Id(id)
    }
}

impl From<Sku> for ItemKey {
    fn from(sku: Sku) -> Self {
        Self::Sku(sku)
    }
}

impl From<WarehouseId> for WarehouseKey {
    fn from(id: WarehouseId) -> Self {
        Self::Id(id)
    }
}

/// Finds the ids of keys.
pub trait KeyDirectory {
    /// Returns the item that has the SKU.
    fn item(&self, sku: &Sku) -> Option<ItemId>;

    /// Returns the warehouse that has the code.
    fn warehouse(&self, code: &WarehouseCode) -> Option<WarehouseId>;
}

impl ItemKey {
    /// Returns the item's id.
    ///
    /// # Errors
    /// [`Error::SkuNotFound`].
    pub fn resolve(&self, directory: &impl KeyDirectory) -> Result<ItemId, Error> {
        match self {
            Self::Id(id) => Ok(*id),
            Self::Sku(sku) => directory.item(sku).ok_or_else(|| Error::SkuNotFound(sku.to_string())),
        }
    }
}

impl WarehouseKey {
    /// Returns the warehouse's id.
    ///
    /// # Errors
    /// [`Error::WarehouseCodeNotFound`].
    pub fn resolve(&self, directory: &impl KeyDirectory) -> Result<WarehouseId, Error> {
        match self {
            Self::Id(id) => Ok(*id),
            Self::Code(code) => {
                directory.warehouse(code).ok_or_else(|| Error::WarehouseCodeNotFound(code.to_string()))
            }
        }
    }
}

/// The SKUs and codes of a request.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Keys<'a> {
    /// The SKUs.
    pub skus: Vec<&'a Sku>,
    /// The codes of warehouses.
    pub codes: Vec<&'a WarehouseCode>,
}

impl<'a> Keys<'a> {
    /// Returns whether the request names everything by id.
    pub fn is_empty(&self) -> bool {
        self.skus.is_empty() && self.codes.is_empty()
    }

    /// Returns the keys with those of an item and of warehouses.
    pub(crate) fn with<'b: 'a>(
        mut self,
        item: Option<&'b ItemKey>,
        warehouses: impl IntoIterator<Item = &'b WarehouseKey>,
    ) -> Self {
        if let Some(ItemKey::Sku(sku)) = item {
            self.skus.push(sku);
        }
        self.codes.extend(warehouses.into_iter().filter_map(|warehouse| match warehouse {
            WarehouseKey::Code(code) => Some(code),
            WarehouseKey::Id(_) => None,
        }));
        self
    }
}

/// A request that names items and warehouses by keys.
pub trait Keyed {
    /// The request by ids.
    type Resolved;

    /// Returns the SKUs and codes that have to be resolved.
    fn keys(&self) -> Keys<'_>;

    /// Returns the request by ids.
    ///
    /// # Errors
    /// [`Error::SkuNotFound`], [`Error::WarehouseCodeNotFound`], and an error of the request by ids.
    fn resolve(&self, directory: &impl KeyDirectory) -> Result<Self::Resolved, Error>;
}

/// Returns the warehouse's id, if the request names one.
pub(crate) fn resolve_optional(
    warehouse: Option<&WarehouseKey>,
    directory: &impl KeyDirectory,
) -> Result<Option<WarehouseId>, Error> {
    warehouse.map(|warehouse| warehouse.resolve(directory)).transpose()
}

impl Keyed for PlaceBlock<ItemKey, WarehouseKey> {
    type Resolved = PlaceBlock;

    fn keys(&self) -> Keys<'_> {
        Keys::default().with(Some(&self.item), &self.warehouse)
    }

    fn resolve(&self, directory: &impl KeyDirectory) -> Result<PlaceBlock, Error> {
        Ok(PlaceBlock {
            item: self.item.resolve(directory)?,
            quantity: self.quantity,
            warehouse: resolve_optional(self.warehouse.as_ref(), directory)?,
            ttl: self.ttl,
        })
    }
}

impl From<PlaceBlock> for PlaceBlock<ItemKey, WarehouseKey> {
    fn from(block: PlaceBlock) -> Self {
        Self {
            item: block.item.into(),
            quantity: block.quantity,
            warehouse: block.warehouse.map(Into::into),
            ttl: block.ttl,
        }
    }
}

impl Keyed for PlaceHold<ItemKey, WarehouseKey> {
    type Resolved = PlaceHold;

    fn keys(&self) -> Keys<'_> {
        self.block.keys()
    }

    fn resolve(&self, directory: &impl KeyDirectory) -> Result<PlaceHold, Error> {
        let block = self.block.resolve(directory)?;
        Ok(PlaceHold { block, reference: self.reference.clone(), note: self.note.clone() })
    }
}

impl From<PlaceBlock> for PlaceHold<ItemKey, WarehouseKey> {
    fn from(block: PlaceBlock) -> Self {
        PlaceBlock::<ItemKey, WarehouseKey>::from(block).into()
    }
}

impl From<PlaceHold> for PlaceHold<ItemKey, WarehouseKey> {
    fn from(hold: PlaceHold) -> Self {
        Self { block: hold.block.into(), reference: hold.reference, note: hold.note }
    }
}

impl Keyed for PlaceCart<ItemKey, WarehouseKey> {
    type Resolved = PlaceCart;

    fn keys(&self) -> Keys<'_> {
        self.lines().iter().fold(Keys::default(), |keys, line| keys.with(Some(&line.item), &line.warehouse))
    }

    fn resolve(&self, directory: &impl KeyDirectory) -> Result<PlaceCart, Error> {
        let lines = self.lines().iter().map(|line| line.resolve(directory)).collect::<Result<_, Error>>()?;
        let cart = PlaceCart::new(lines, self.ttl, self.reference.clone())?;
        cart.with_note(self.note.clone()).with_unique_reference(self.has_unique_reference)
    }
}

impl Keyed for ChangeCart<ItemKey, WarehouseKey> {
    type Resolved = ChangeCart;

    fn keys(&self) -> Keys<'_> {
        self.lines().iter().fold(Keys::default(), |keys, line| keys.with(Some(&line.item), &line.warehouse))
    }

    fn resolve(&self, directory: &impl KeyDirectory) -> Result<ChangeCart, Error> {
        let lines = self.lines().iter().map(|line| line.resolve(directory)).collect::<Result<_, Error>>()?;
        ChangeCart::new(self.id, self.version, lines, self.ttl)
    }
}

impl From<ChangeCart> for ChangeCart<ItemKey, WarehouseKey> {
    fn from(change: ChangeCart) -> Self {
        change.map_lines(CartLine::by_key)
    }
}

impl CartLine<ItemKey, WarehouseKey> {
    fn resolve(&self, directory: &impl KeyDirectory) -> Result<CartLine, Error> {
        Ok(CartLine {
            item: self.item.resolve(directory)?,
            quantity: self.quantity,
            warehouse: resolve_optional(self.warehouse.as_ref(), directory)?,
        })
    }
}

impl CartLine {
    fn by_key(self) -> CartLine<ItemKey, WarehouseKey> {
        CartLine {
            item: self.item.into(),
            quantity: self.quantity,
            warehouse: self.warehouse.map(Into::into),
        }
    }
}

impl From<PlaceCart> for PlaceCart<ItemKey, WarehouseKey> {
    fn from(cart: PlaceCart) -> Self {
        cart.map_lines(CartLine::by_key)
    }
}

impl Keyed for StockAdjustment<ItemKey, WarehouseKey> {
    type Resolved = StockAdjustment;

    fn keys(&self) -> Keys<'_> {
        Keys::default().with(Some(&self.item), &self.warehouse)
    }

    fn resolve(&self, directory: &impl KeyDirectory) -> Result<StockAdjustment, Error> {
        Ok(StockAdjustment {
            item: self.item.resolve(directory)?,
            warehouse: resolve_optional(self.warehouse.as_ref(), directory)?,
            delta: self.delta,
            note: self.note.clone(),
        })
    }
}

impl From<StockAdjustment> for StockAdjustment<ItemKey, WarehouseKey> {
    fn from(adjustment: StockAdjustment) -> Self {
        Self {
            item: adjustment.item.into(),
            warehouse: adjustment.warehouse.map(Into::into),
            delta: adjustment.delta,
            note: adjustment.note,
        }
    }
}

impl Keyed for StockMove<ItemKey, WarehouseKey> {
    type Resolved = StockMove;

    fn keys(&self) -> Keys<'_> {
        Keys::default().with(Some(&self.item), [&self.from, &self.to])
    }

    fn resolve(&self, directory: &impl KeyDirectory) -> Result<StockMove, Error> {
        let item = self.item.resolve(directory)?;
        let [from, to] = [self.from.resolve(directory)?, self.to.resolve(directory)?];
        StockMove::new(item, from, to, self.quantity, self.note.clone())
    }
}

impl From<StockMove> for StockMove<ItemKey, WarehouseKey> {
    fn from(movement: StockMove) -> Self {
        Self {
            item: movement.item.into(),
            from: movement.from.into(),
            to: movement.to.into(),
            quantity: movement.quantity,
            note: movement.note,
        }
    }
}

impl Keyed for ChangeCondition<ItemKey, WarehouseKey> {
    type Resolved = ChangeCondition;

    fn keys(&self) -> Keys<'_> {
        Keys::default().with(Some(&self.item), &self.warehouse)
    }

    fn resolve(&self, directory: &impl KeyDirectory) -> Result<ChangeCondition, Error> {
        let item = self.item.resolve(directory)?;
        let warehouse = resolve_optional(self.warehouse.as_ref(), directory)?;
        let Self { quantity, change, ref note, .. } = *self;
        Ok(ChangeCondition { item, warehouse, quantity, change, note: note.clone() })
    }
}

impl From<ChangeCondition> for ChangeCondition<ItemKey, WarehouseKey> {
    fn from(request: ChangeCondition) -> Self {
        let ChangeCondition { item, warehouse, quantity, change, note } = request;
        Self { item: item.into(), warehouse: warehouse.map(Into::into), quantity, change, note }
    }
}

impl Keyed for NewItem<WarehouseKey> {
    type Resolved = NewItem;

    fn keys(&self) -> Keys<'_> {
        Keys::default().with(None, &self.warehouse)
    }

    fn resolve(&self, directory: &impl KeyDirectory) -> Result<NewItem, Error> {
        let warehouse = resolve_optional(self.warehouse.as_ref(), directory)?;
        Ok(self.clone().in_warehouse(warehouse))
    }
}

impl From<NewItem> for NewItem<WarehouseKey> {
    fn from(item: NewItem) -> Self {
        let warehouse = item.warehouse.map(Into::into);
        item.in_warehouse(warehouse)
    }
}

/// A request to create an order whose lines name items by keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrderByKeys {
    reference: Option<Reference>,
    has_unique_reference: bool,
    lines: Vec<(ItemKey, Quantity)>,
    priority: OrderPriority,
    /// Whether its units wait in the queue.
    pub waits: bool,
}

impl NewOrderByKeys {
    /// Creates a request. Lines of the same item are added up.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless there are 1 to [`crate::ORDER_LINES_MAX`] lines.
    pub fn new(reference: Option<Reference>, lines: Vec<(ItemKey, Quantity)>) -> Result<Self, Error> {
        check_line_count(lines.len())?;
        Ok(Self {
            reference,
            has_unique_reference: false,
            lines,
            priority: OrderPriority::default(),
            waits: false,
        })
    }

    /// Returns the request with the condition that no other order has its reference, if `is_unique`.
    ///
    /// # Errors
    /// [`Error::Invalid`] for the condition without a reference.
    pub fn with_unique_reference(self, is_unique: bool) -> Result<Self, Error> {
        match is_unique && self.reference.is_none() {
            true => Err(Error::invalid("uniqueReference", "needs a reference")),
            false => Ok(Self { has_unique_reference: is_unique, ..self }),
        }
    }
}

impl NewOrderByKeys {
    /// Returns the request with a priority in the queue of missing units. With `waits`, its units wait in the queue.
    pub fn with_queue(self, priority: OrderPriority, waits: bool) -> Self {
        Self { priority, waits, ..self }
    }
}

impl Keyed for NewOrderByKeys {
    type Resolved = NewOrder;

    fn keys(&self) -> Keys<'_> {
        self.lines.iter().fold(Keys::default(), |keys, (item, _)| keys.with(Some(item), []))
    }

    fn resolve(&self, directory: &impl KeyDirectory) -> Result<NewOrder, Error> {
        let line = |(item, quantity): &(ItemKey, Quantity)| Ok((item.resolve(directory)?, *quantity));
        let lines = self.lines.iter().map(line).collect::<Result<Vec<_>, Error>>()?;
        let order = NewOrder::new(self.reference.clone(), lines)?;
        let order = order.with_unique_reference(self.has_unique_reference)?;
        Ok(NewOrder { priority: self.priority, waits: self.waits, ..order })
    }
}

impl From<NewOrder> for NewOrderByKeys {
    fn from(order: NewOrder) -> Self {
        let lines = order.lines.into_iter().map(|(item, quantity)| (item.into(), quantity)).collect();
        let NewOrder { reference, has_unique_reference, priority, waits, .. } = order;
        Self { reference, has_unique_reference, lines, priority, waits }
    }
}

impl Keyed for ItemKey {
    type Resolved = ItemId;

    fn keys(&self) -> Keys<'_> {
        Keys::default().with(Some(self), [])
    }

    fn resolve(&self, directory: &impl KeyDirectory) -> Result<ItemId, Error> {
        Self::resolve(self, directory)
    }
}

impl Keyed for WarehouseKey {
    type Resolved = WarehouseId;

    fn keys(&self) -> Keys<'_> {
        Keys::default().with(None, [self])
    }

    fn resolve(&self, directory: &impl KeyDirectory) -> Result<WarehouseId, Error> {
        Self::resolve(self, directory)
    }
}
