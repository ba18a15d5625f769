//! Stock documents: many changes of stock levels in one request.

use crate::{Problem, deserialize, problem_from, problem_with_keys};
use domain::{
    CountBasis, Error, ItemId, LevelChange, LevelChanged, LevelTarget, Note, Sku, StockDocument, Units,
    WarehouseCode, WarehouseId,
};
use engine::{DocumentLine, DocumentOutcome, KeysById, LineState, StoredResponse};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// A request to change many stock levels.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeStock {
    /// 1 to 10,000 lines. A level that one line sets can't be on another line.
    #[serde(deserialize_with = "deserialize::document_lines")]
    pub changes: Vec<ChangeStockLine>,
    /// Whether all lines are applied or none: one refused line refuses all. Default false: each line is applied or refused
    /// on its own.
    #[serde(default)]
    pub atomic: bool,
    /// The name of the document, such as the number of a delivery note: 1 to 100 characters. The ledger stores it with each
    /// movement.
    #[serde(default)]
    pub document: Option<String>,
}

/// A line: `itemId` or `sku`, and `set` or `change`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeStockLine {
    #[serde(default, deserialize_with = "deserialize::optional_id")]
    pub item_id: Option<i64>,
    /// The item's SKU, instead of `itemId`.
    #[serde(default)]
    pub sku: Option<String>,
    /// Default: the default warehouse.
    #[serde(default, deserialize_with = "deserialize::optional_id")]
    pub warehouse_id: Option<i64>,
    /// The warehouse's code, instead of `warehouseId`.
    #[serde(default)]
    pub warehouse_code: Option<String>,
    /// The counted units: 0 to 2,147,483,647. The level is set to them when the line is written, whatever it had when the
    /// request was sent.
    #[serde(default)]
    pub set: Option<i64>,
    /// Only with `set`, and required there: the expected units of the level, or null for no condition. If the
    /// level has other units, the line is refused.
    #[serde(default, deserialize_with = "deserialize::present")]
    #[schema(value_type = Option<i64>)]
    pub expected: Option<Option<i64>>,
    /// The units that `set` and `expected` count; default `onHand`.
    #[serde(default)]
    pub basis: Option<StockBasis>,
    /// Units to add: positive for received units, negative for units written off; not 0.
    #[serde(default)]
    pub change: Option<i64>,
    /// The reason: 1 to 200 characters. The ledger stores it.
    pub reason: String,
    /// A remark: 1 to 200 characters. The ledger stores it after the reason.
    #[serde(default)]
    pub note: Option<String>,
}

/// The units that a count covers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum StockBasis {
    /// The units on the shelf: available, held, committed, damaged ones and those in quarantine.
    #[default]
    OnHand,
    /// The available units alone.
    Available,
}

/// The results of the lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StockChanged {
    /// The number of lines that changed a level.
    pub changed: usize,
    /// The number of lines whose level already had the counted units. They have no movement.
    pub unchanged: usize,
    /// The number of lines that the rules rejected.
    pub refused: usize,
    /// The number of lines that failed and may succeed later. A request with the same Idempotency-Key tries these again.
    pub failed: usize,
    /// One per line, in the order of the request.
    pub lines: Vec<StockChangedLine>,
}

/// The result of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StockChangedLine {
    /// The number of the line, from 1.
    pub line: usize,
    /// changed, unchanged, refused or failed.
    pub status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_id: Option<i64>,
    /// The item's SKU, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warehouse_id: Option<i64>,
    /// The warehouse's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warehouse_code: Option<String>,
    /// Units that were added; negative for units taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<i32>,
    /// Available units after the change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available: Option<i64>,
    /// Units in temporary blocks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<i64>,
    /// Units on the shelf after the change: available, held, committed, damaged ones and those in quarantine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_hand: Option<i64>,
    /// The reason why the line was refused or failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// A problem with the refused lines of a stock document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct DocumentProblem {
    #[serde(flatten)]
    problem: Problem,
    /// The refused lines.
    lines: Vec<StockChangedLine>,
}

impl TryFrom<ChangeStock> for StockDocument {
    type Error = Error;

    fn try_from(request: ChangeStock) -> Result<Self, Error> {
        let document = request.document.map(|name| document_name(&name)).transpose()?;
        let lines = request
            .changes
            .into_iter()
            .enumerate()
            .map(|(index, line)| line.change(document.as_deref()).map_err(|error| on_line(error, index)));
        Self::new(lines.collect::<Result<_, _>>()?, request.atomic)
    }
}

impl ChangeStock {
    /// Returns the codes of warehouses, by the index of their line.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a malformed code.
    pub fn warehouse_codes(&self) -> Result<HashMap<usize, WarehouseCode>, Error> {
        let code = |(index, line): (usize, &ChangeStockLine)| {
            let code = WarehouseCode::new(line.warehouse_code.as_ref()?);
            Some(
                code.map(|code| (index, code))
                    .map_err(|error| on_line(renamed(error, "warehouseCode"), index)),
            )
        };
        self.changes.iter().enumerate().filter_map(code).collect()
    }
}

impl ChangeStockLine {
    fn change(self, document: Option<&str>) -> Result<LevelChange, Error> {
        let target = match (self.set, self.change) {
            (Some(units), None) => {
                let expected = self.expected.ok_or_else(|| {
                    let reason = "is missing: the expected units of the level, or null for no condition";
                    Error::invalid("expected", reason)
                })?;
                let expected =
                    expected.map(Units::new).transpose().map_err(|error| renamed(error, "expected"))?;
                let units = Units::new(units).map_err(|error| renamed(error, "set"))?;
                let basis = match self.basis.unwrap_or_default() {
                    StockBasis::OnHand => CountBasis::OnHand,
                    StockBasis::Available => CountBasis::Available,
                };
                LevelTarget::Set { units, expected, basis }
            }
            (None, Some(_)) if self.expected.is_some() => {
                return Err(Error::invalid("expected", "must not be given with change"));
            }
            (None, Some(_)) if self.basis.is_some() => {
                return Err(Error::invalid("basis", "must not be given with change"));
            }
            (None, Some(units)) => LevelTarget::change(units)?,
            _ => return Err(Error::invalid("set", "or change must be given, and not both")),
        };
        let (item, sku) = match (self.item_id, self.sku) {
            (Some(item), None) => (item, None),
            (None, Some(sku)) => (0, Some(Sku::new(&sku)?)),
            _ => return Err(Error::invalid("itemId", "or sku must be given, and not both")),
        };
        if self.warehouse_id.is_some() && self.warehouse_code.is_some() {
            return Err(Error::invalid("warehouseCode", "must not be given with warehouseId"));
        }
        let reason = Note::new(&self.reason)?;
        let note =
            self.note.map(|note| Note::new(&note)).transpose().map_err(|error| renamed(error, "note"))?;
        Ok(LevelChange {
            item: ItemId(item),
            sku,
            warehouse: self.warehouse_id.map(WarehouseId),
            target,
            note: domain::document_note(&reason, note.as_ref(), document),
            write_off_units_max: None,
        })
    }
}

fn document_name(name: &str) -> Result<String, Error> {
    domain::Reference::new(name).map(|name| name.to_string()).map_err(|error| renamed(error, "document"))
}

/// Replaces the field of a validation error.
fn renamed(error: Error, field: &'static str) -> Error {
    match error {
        Error::Invalid { reason, .. } => Error::invalid(field, reason),
        other => other,
    }
}

/// Adds the number of the line to a validation error.
fn on_line(error: Error, index: usize) -> Error {
    match error {
        Error::Invalid { field, reason } => Error::invalid(field, format!("{reason} (line {})", index + 1)),
        other => other,
    }
}

impl StockChangedLine {
    fn new(index: usize, line: &DocumentLine, keys: &KeysById) -> Self {
        let status = match line.state() {
            LineState::Changed => "changed",
            LineState::Unchanged => "unchanged",
            LineState::Refused => "refused",
            LineState::Failed => "failed",
        };
        let empty = Self {
            line: index + 1,
            status,
            item_id: None,
            sku: None,
            warehouse_id: None,
            warehouse_code: None,
            change: None,
            available: None,
            held: None,
            on_hand: None,
            problem: None,
        };
        match line {
            DocumentLine::Done(LevelChanged { item, warehouse, delta, units }) => Self {
                item_id: Some(item.0),
                sku: keys.sku(*item),
                warehouse_id: Some(warehouse.0),
                warehouse_code: Some(keys.code(*warehouse)),
                change: Some(*delta),
                available: Some(units.available),
                held: Some(units.held),
                on_hand: Some(units.on_hand()),
                ..empty
            },
            DocumentLine::Refused(rejection) => {
                Self { problem: Some(problem_with_keys(rejection.clone().into(), keys)), ..empty }
            }
            DocumentLine::Failed(error) => Self { problem: Some(problem_from(error.clone())), ..empty },
            DocumentLine::Stored(..) => empty,
        }
    }
}

/// Serializes the result of a line.
pub(crate) fn line_response(index: usize, line: &DocumentLine, keys: &KeysById) -> StoredResponse {
    let body = match line {
        DocumentLine::Stored(_, body) => body.clone(),
        line => json(&StockChangedLine::new(index, line, keys)).into(),
    };
    StoredResponse { status: 200, body }
}

/// Serializes the results of a document: 200, or 409 for an atomic document with a refused line, whose problem has the
/// refused lines.
pub(crate) fn document_response(outcome: &DocumentOutcome, request_id: &str) -> StoredResponse {
    let count = |state| outcome.lines.iter().filter(|line| line.state() == state).count();
    let (refused, total) = (count(LineState::Refused), outcome.lines.len());
    let lines = outcome.lines.iter().enumerate();
    if outcome.is_refused() {
        let is_forbidden = |line: &DocumentLine| matches!(line, DocumentLine::Refused(rejection) if rejection.is_forbidden());
        // A missing right comes before everything else.
        let forbidden = outcome.lines.iter().find(|line| is_forbidden(line));
        let problem = match forbidden {
            Some(DocumentLine::Refused(rejection)) => problem_from(rejection.clone().into()),
            _ => Problem::new(
                409,
                "document_refused",
                "The document was refused",
                format!("{refused} of {total} lines are refused, see `lines`. Nothing was changed."),
            ),
        };
        let refused = lines.filter(|(_, line)| line.state() == LineState::Refused);
        let lines = refused.map(|(index, line)| StockChangedLine::new(index, line, &outcome.keys)).collect();
        let problem = Problem { request_id: Some(request_id.to_owned()), ..problem };
        return StoredResponse {
            status: problem.status,
            body: json(&DocumentProblem { problem, lines }).into(),
        };
    }
    let mut body = format!(
        r#"{{"changed":{},"unchanged":{},"refused":{refused},"failed":{},"lines":["#,
        count(LineState::Changed),
        count(LineState::Unchanged),
        count(LineState::Failed),
    )
    .into_bytes();
    for (index, line) in lines {
        if index > 0 {
            body.push(b',');
        }
        match line {
            DocumentLine::Stored(_, line) => body.extend_from_slice(line),
            line => body.extend(json(&StockChangedLine::new(index, line, &outcome.keys))),
        }
    }
    body.extend(b"]}");
    StoredResponse { status: 200, body: body.into() }
}

fn json(body: &impl Serialize) -> Vec<u8> {
    // Serializing a wire type can't fail: all its keys are strings.
    serde_json::to_vec(body).unwrap_or_default()
}
