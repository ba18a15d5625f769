//! Conversions of the requests of the console's lists.

use crate::*;
use engine::Response;

impl BlockFilter {
    /// Returns whether the list has the blocks that expire soon.
    pub(crate) fn is_expiring(&self) -> bool {
        self.state == "expiring"
    }

    /// Returns the query of the blocks that expire soon. It has the filters by item and by warehouse only.
    ///
    /// # Errors
    /// [`domain::Error::Invalid`].
    pub(crate) fn expiring_query(
        self,
        limit: Option<i64>,
        after: Option<String>,
    ) -> Result<domain::ExpiringQuery, domain::Error> {
        let query = domain::ExpiringQuery::new(None, self.item, limit, after)?;
        Ok(query.with_warehouse(self.warehouse.map(domain::WarehouseId)))
    }

    /// Returns the query of another list.
    ///
    /// # Errors
    /// [`domain::Error::Invalid`].
    pub(crate) fn query(
        self,
        limit: Option<i64>,
        after: Option<String>,
    ) -> Result<domain::BlockQuery, domain::Error> {
        let given = |text: String| Some(text).filter(|text| !text.trim().is_empty());
        let from = given(self.from).map(|text| domain::day("from", &text, 0)).transpose()?;
        let to = given(self.to).map(|text| domain::day("to", &text, 1)).transpose()?;
        let state = match self.state.as_str() {
            "temporary" => Some(domain::BlockState::Temporary),
            "permanent" => Some(domain::BlockState::Permanent),
            _ => None,
        };
        let query = domain::BlockQuery::new(state, self.item, limit, None)?;
        // The address of a list keeps its order when another state is chosen.
        let sort = BlockSort::named(&self.sort).map(domain::BlockSort::from);
        let sort = sort.filter(|sort| sort.is_of(query.state)).unwrap_or_default();
        query.sorted(sort, after)?.with_reference(Some(&self.reference))?.with_places(
            self.warehouse.map(domain::WarehouseId),
            from,
            to,
        )
    }
}

impl BlockSort {
    fn named(name: &str) -> Option<Self> {
        serde_json::from_value(name.into()).ok()
    }
}

impl From<BlockSort> for domain::BlockSort {
    fn from(sort: BlockSort) -> Self {
        match sort {
            BlockSort::IdDesc => Self::IdDesc,
            BlockSort::Id => Self::Id,
            BlockSort::Expires => Self::Expires,
            BlockSort::ExpiresDesc => Self::ExpiresDesc,
            BlockSort::Reference => Self::Reference,
            BlockSort::ReferenceDesc => Self::ReferenceDesc,
        }
    }
}

impl TryFrom<ActOnItems> for domain::BulkItemAction {
    type Error = domain::Error;

    fn try_from(request: ActOnItems) -> Result<Self, domain::Error> {
        let value = Some(request.value.trim()).filter(|value| !value.is_empty());
        let action = match request.action {
            ItemAction::Category => {
                domain::ItemAction::Category(value.map(domain::CategoryName::new).transpose()?)
            }
            ItemAction::LowStock => {
                let number = |text: &str| {
                    text.parse().map_err(|_| domain::Error::invalid("value", "must be a whole number"))
                };
                domain::ItemAction::LowStock(
                    value.map(number).transpose()?.map(crate::convert::low_stock).transpose()?,
                )
            }
            ItemAction::Archive => domain::ItemAction::Archive,
        };
        Self::new(action, request.ids.into_iter().map(domain::ItemId).collect())
    }
}

impl From<OrderAction> for domain::OrderAction {
    fn from(action: OrderAction) -> Self {
        match action {
            OrderAction::Fill => Self::Fill,
            OrderAction::Cancel => Self::Cancel,
        }
    }
}

impl From<engine::BulkOutcome> for BulkOutcome {
    fn from((id, response): engine::BulkOutcome) -> Self {
        let problem = match response {
            Ok(Response::Stored(stored)) if !stored.is_success() => Some(stored_problem(&stored)),
            Ok(_) => None,
            Err(error) => Some(problem_from(error)),
        };
        Self { id, problem }
    }
}

impl From<domain::SavedView> for SavedView {
    fn from(view: domain::SavedView) -> Self {
        let domain::SavedView { id, list, name, query, created_by, created_at } = view;
        Self { id, list, name, query, created_by, created_at }
    }
}
