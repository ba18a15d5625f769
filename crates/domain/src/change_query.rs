//! Pages of the changes of the catalogue.

use crate::audit_query::filter;
use crate::{AuditKind, AuditQuery, CATALOGUE_KINDS, Error, ItemId, WarehouseId};

/// The object of a change of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeSubject {
    /// An item.
    Item(ItemId),
    /// A warehouse.
    Warehouse(WarehouseId),
    /// A category that was renamed, by its old or its new name.
    Category(String),
}

/// A page of the changes of the catalogue, latest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeQuery {
    /// Filters and page. The subject is that of `about`.
    pub audit: AuditQuery,
    /// Only changes of this object.
    pub about: Option<ChangeSubject>,
}

impl ChangeQuery {
    /// Creates a query from the filters.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a kind that is no change of the catalogue, and for more than one object.
    pub fn new(
        audit: AuditQuery,
        item: Option<i64>,
        warehouse: Option<i64>,
        category: Option<String>,
    ) -> Result<Self, Error> {
        if audit.kind.is_some_and(|kind| !CATALOGUE_KINDS.contains(&kind)) {
            let names = CATALOGUE_KINDS.map(AuditKind::as_str).join(", ");
            return Err(Error::invalid("kind", format!("must be one of {names}")));
        }
        let about = match (item, warehouse, filter("category", category)?) {
            (None, None, None) => None,
            (Some(item), None, None) => Some(ChangeSubject::Item(ItemId(item))),
            (None, Some(warehouse), None) => Some(ChangeSubject::Warehouse(WarehouseId(warehouse))),
            (None, None, Some(category)) => Some(ChangeSubject::Category(category)),
            _ => {
                return Err(Error::invalid(
                    "itemId",
                    "must not be combined with warehouseId or category, nor those with each other",
                ));
            }
        };
        Ok(Self { audit, about })
    }

    /// Returns the query for the page after `cursor`.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a malformed cursor.
    pub fn after_cursor(self, cursor: &str) -> Result<Self, Error> {
        Ok(Self { audit: self.audit.after_cursor(cursor)?, ..self })
    }

    /// Returns the names of the kinds of the query. A category has renames only.
    pub fn kinds(&self) -> Vec<&'static str> {
        let of_category = matches!(self.about, Some(ChangeSubject::Category(_)));
        let kinds = CATALOGUE_KINDS.into_iter().filter(|kind| {
            self.audit.kind.is_none_or(|only| only == *kind)
                && (!of_category || *kind == AuditKind::CategoryRenamed)
        });
        kinds.map(AuditKind::as_str).collect()
    }
}
