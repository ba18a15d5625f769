//! The data of the page.

use crate::href;
use api::{Order, OrderPreview};

/// The page that allocates an order.
#[derive(Debug, Clone)]
pub struct OrderAllocationPage {
    /// The order.
    pub order: Order,
    /// The plans and the stock of each warehouse. `None` if the order lacks no units.
    pub preview: Option<OrderPreview>,
    /// The warehouses that the caller may change, by code.
    pub places: Vec<SourcingPlace>,
    /// Whether the caller may let missing units wait. A caller that is limited to warehouses may not: the queue takes units from
    /// all of them.
    pub may_wait: bool,
    /// The choice of the plans.
    pub choice: PlanChoice,
    /// The names and texts of the fields of a rejected form.
    pub texts: Vec<(String, String)>,
    /// The idempotency key of the forms: a form that is sent twice acts once.
    pub key: String,
    /// The reason why the last form was rejected.
    pub error: Option<String>,
}

/// A warehouse that the caller may change.
#[derive(Debug, Clone)]
pub struct SourcingPlace {
    /// Its id.
    pub id: i64,
    /// Its code.
    pub code: String,
    /// Its place in the order of allocation by priority: a lower number comes first.
    pub priority: i32,
    /// Metres from the destination, if both positions are known.
    pub metres: Option<u32>,
}

/// The choice of the plans, as texts of the form.
#[derive(Debug, Clone, Default)]
pub struct PlanChoice {
    /// The policy's name in the API; empty for the default.
    pub policy: String,
    /// The maximum number of parcels; empty for no limit.
    pub max_parcels: String,
    /// `no` if the units of a line may not be split.
    pub split: String,
    /// The destination's latitude in degrees.
    pub latitude: String,
    /// The destination's longitude in degrees.
    pub longitude: String,
    /// The number of the plan in the table for an allocation by hand, from 1.
    pub plan: String,
}

impl PlanChoice {
    /// Returns the query of the page with this choice: `?policy=nearest`, or nothing.
    pub(super) fn query(&self, plan: &str) -> String {
        let pairs = [
            ("policy", self.policy.as_str()),
            ("maxParcels", &self.max_parcels),
            ("split", &self.split),
            ("latitude", &self.latitude),
            ("longitude", &self.longitude),
            ("plan", plan),
        ];
        href::with_query("", pairs)
    }
}
