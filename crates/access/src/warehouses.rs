//! The warehouses that people and clients are limited to, by their codes.

use crate::{Access, Result};
use domain::{AllowedWarehouses, Error, WarehouseId};
use std::collections::HashMap;

/// The codes of all warehouses.
#[derive(Debug, Clone, Default)]
pub struct WarehouseCodes(HashMap<WarehouseId, String>);

impl WarehouseCodes {
    /// Formats a limit: the codes, separated by commas, or an empty text without a limit. A warehouse that others have
    /// deleted by SQL is `#` and its id.
    pub fn format(&self, allowed: &AllowedWarehouses) -> String {
        let code = |id: &WarehouseId| self.0.get(id).cloned().unwrap_or_else(|| format!("#{id}"));
        allowed.ids().unwrap_or_default().iter().map(code).collect::<Vec<_>>().join(", ")
    }

    /// Parses a limit: the codes, separated by commas. An empty text allows all warehouses.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an unknown code, and for too many warehouses.
    pub fn parse(&self, codes: &str) -> std::result::Result<AllowedWarehouses, Error> {
        if codes.trim().is_empty() {
            return Ok(AllowedWarehouses::ALL);
        }
        let find = |code: &str| {
            let found = self.0.iter().find(|(_, known)| *known == code).map(|(id, _)| *id);
            found.ok_or_else(|| Error::invalid("warehouse", format!("\"{code}\" is no warehouse's code")))
        };
        let ids = codes.split(',').map(str::trim).map(find);
        AllowedWarehouses::only(ids.collect::<std::result::Result<_, _>>()?)
    }
}

impl Access {
    /// Returns the codes of all warehouses.
    ///
    /// # Errors
    /// A failure of the database.
    pub async fn warehouse_codes(&self) -> Result<WarehouseCodes> {
        let names = self.verifier.store.warehouse_names().await?;
        Ok(WarehouseCodes(names.into_iter().map(|(id, code, _)| (id, code)).collect()))
    }
}

/// Returns the ids of a limit for the audit log, `None` without a limit.
pub(crate) fn ids(allowed: &AllowedWarehouses) -> Option<Vec<i64>> {
    allowed.ids().map(|ids| ids.iter().map(|id| id.0).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_parsed_as_it_is_formatted() {
        let names = [(WarehouseId(1), "MAIN"), (WarehouseId(2), "NORTH")];
        let codes = WarehouseCodes(names.map(|(id, code)| (id, code.to_owned())).into());
        for (text, formatted) in [("", ""), ("NORTH", "NORTH"), ("NORTH,MAIN, NORTH", "MAIN, NORTH")] {
            let allowed = codes.parse(text).expect("known codes");
            assert_eq!(codes.format(&allowed), formatted);
            assert_eq!(codes.parse(formatted), Ok(allowed));
        }
        for rejected in ["MAIN,WEST", "MAIN,", ",", "main"] {
            assert!(codes.parse(rejected).is_err(), "{rejected}");
        }
        let deleted = AllowedWarehouses::only(vec![WarehouseId(7)]).expect("one warehouse");
        assert_eq!(codes.format(&deleted), "#7");
    }
}
