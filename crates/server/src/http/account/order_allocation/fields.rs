//! The fields of the forms that allocate an order.

use super::super::form::{Fields, whole};
use api::{Position, SourcingPolicy};
use client::{PLAN_LEVELS_SEPARATOR, PlanChoice, UNITS_PREFIX};
use domain::{
    AllocateFrom, Error, ItemId, OrderPart, OrderPriority, PlanLine, PolicyChoice, Quantity, WarehouseId,
    decimal_number,
};
use serde::Deserialize;

/// The choice of the plans in the query of the page.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ChoiceParams {
    policy: Option<String>,
    max_parcels: Option<String>,
    split: Option<String>,
    latitude: Option<String>,
    longitude: Option<String>,
    plan: Option<String>,
}

impl From<ChoiceParams> for PlanChoice {
    fn from(params: ChoiceParams) -> Self {
        let text = |text: Option<String>| text.unwrap_or_default().trim().to_owned();
        Self {
            policy: text(params.policy),
            max_parcels: text(params.max_parcels),
            split: text(params.split),
            latitude: text(params.latitude),
            longitude: text(params.longitude),
            plan: text(params.plan),
        }
    }
}

/// Returns the rules of a choice.
pub(super) fn policy(choice: &PlanChoice) -> Result<PolicyChoice, Error> {
    let policy = match choice.policy.as_str() {
        "" | "fewest_parcels" => SourcingPolicy::FewestParcels,
        "priority" => SourcingPolicy::Priority,
        "nearest" => SourcingPolicy::Nearest,
        "highest_stock" => SourcingPolicy::HighestStock,
        _ => return Err(Error::invalid("policy", "is no policy")),
    };
    let max_parcels = given(&choice.max_parcels).map(|text| whole("maxParcels", text)).transpose()?;
    let degrees = |field, text| {
        let degrees = given(text).map(|text| decimal_number(text).ok_or(text)).transpose();
        degrees.map_err(|_| Error::invalid(field, "must be degrees, such as 52.52"))
    };
    let near = match (degrees("latitude", &choice.latitude)?, degrees("longitude", &choice.longitude)?) {
        (Some(latitude), Some(longitude)) => Some(Position { latitude, longitude }),
        (None, None) if policy == SourcingPolicy::Nearest => {
            return Err(Error::invalid(
                "latitude",
                "and longitude of the destination are needed for the nearest warehouse",
            ));
        }
        (None, None) => None,
        (Some(_), None) => return Err(Error::invalid("longitude", "is missing: give both, or none")),
        (None, Some(_)) => return Err(Error::invalid("latitude", "is missing: give both, or none")),
    };
    api::policy_choice(policy, max_parcels, Some(choice.split != "no"), near)
}

/// Returns the plan of a form: of a card, or of the table by hand.
pub(super) fn plan(fields: &Fields) -> Result<AllocateFrom, Error> {
    let invalid = || Error::invalid("plan", "must have item, warehouse and units of each stock level");
    let line = |level: &str, units: &str| {
        let (item, warehouse) = level.split_once('.').ok_or_else(invalid)?;
        let item = ItemId(item.parse().map_err(|_| invalid())?).into();
        let warehouse = WarehouseId(warehouse.parse().map_err(|_| invalid())?).into();
        Ok::<_, Error>(PlanLine { warehouse, item, quantity: units_of(units)? })
    };
    let levels = fields.text("plan").split(PLAN_LEVELS_SEPARATOR).filter(|level| !level.is_empty());
    let planned = levels.map(|level| {
        let (level, units) = level.rsplit_once('.').ok_or_else(invalid)?;
        line(level, units)
    });
    let by_hand = fields.with_prefix(UNITS_PREFIX).filter(|(_, units)| !matches!(*units, "" | "0"));
    let by_hand = by_hand.map(|(level, units)| line(level, units));
    AllocateFrom::plan(planned.chain(by_hand).collect::<Result<_, _>>()?)
}

/// Returns the part of an order that a form names: the units of one item, or everything without an item.
pub(super) fn part(
    fields: &Fields,
    item: &str,
    units: &str,
) -> Result<Option<OrderPart<domain::ItemKey>>, Error> {
    let units = given(fields.text(units)).map(units_of).transpose()?;
    match given(fields.text(item)) {
        None if units.is_some() => Err(Error::invalid("quantity", "needs an item")),
        None => Ok(None),
        Some(item) => Ok(Some(vec![(ItemId(whole("itemId", item)?).into(), units)])),
    }
}

/// Returns the priority in a field; `None` for an empty one.
pub(super) fn priority(fields: &Fields, name: &str) -> Result<Option<OrderPriority>, Error> {
    let text = given(fields.text(name)).map(|text| whole("priority", text)).transpose()?;
    text.map(OrderPriority::new).transpose()
}

/// Returns a text unless it is empty.
pub(super) fn given(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

fn units_of(text: &str) -> Result<Quantity, Error> {
    Quantity::new(whole("quantity", text)?)
}
