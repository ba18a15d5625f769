//! The audit events of a batch: its changes that are no movement of stock.

use crate::Result;
use crate::WriteTransaction;
use crate::cause::{Cause, cause_of};
use domain::{
    AuditKind, ConvertedOrder, ItemId, OrderStatus, PaymentChange, Snapshot, StockChanges, Time, WarehouseId,
};
use serde_json::json;
use std::net::IpAddr;

/// Audit events as columns, in the order of the changes. The values are JSON objects; `before` is empty for a new order.
#[derive(Default)]
pub(super) struct EventColumns<'a> {
    pub(super) actors: Vec<&'a str>,
    pub(super) credentials: Vec<Option<String>>,
    pub(super) addresses: Vec<Option<IpAddr>>,
    pub(super) requests: Vec<Option<&'a str>>,
    pub(super) kinds: Vec<&'static str>,
    pub(super) subjects: Vec<String>,
    pub(super) before: Vec<String>,
    pub(super) after: Vec<String>,
}

impl<'a> EventColumns<'a> {
    /// Returns an event per order that is made of blocks, per extended block, per payment that was started or ended, per order that
    /// begins to wait, per order with changed lines, and per cancelled order. Allocations are in the ledger.
    pub(super) fn of(changes: &StockChanges, snapshot: &Snapshot, causes: &[Cause<'a>]) -> Self {
        let mut events = Self::default();
        for extension in &changes.extensions {
            let cause = cause_of(causes, Some(extension.request));
            let values = |expires_at: Time| {
                format!(r#"{{"blockId":{},"expiresAt":"{}"}}"#, extension.block, expires_at.to_rfc3339())
            };
            let subject = format!("item:{}", extension.item);
            let (before, after) = (values(extension.before), values(extension.after));
            events.add(cause, AuditKind::BlockExtended, subject, before, after);
        }
        for change in &changes.payments {
            let cause = cause_of(causes, Some(change.request));
            let (kind, [before, after]) = payment_values(change);
            events.add(cause, kind, format!("cart:{}", change.cart), before, after);
        }
        for converted in &changes.converted {
            let cause = cause_of(causes, Some(converted.request));
            let subject = format!("order:{}", converted.order.id);
            events.add(cause, AuditKind::OrderCreated, subject, String::new(), created_values(converted));
        }
        for (id, change) in &changes.orders {
            if let Some(wait) = change.wait {
                let mut after = json!({"waits": true});
                if let Some(priority) = wait.priority {
                    after["priority"] = priority.get().into();
                }
                let cause = cause_of(causes, Some(wait.request));
                let (subject, before) = (format!("order:{id}"), "{}".to_owned());
                events.add(cause, AuditKind::OrderChanged, subject, before, after.to_string());
            }
            if change.lines_changed.is_some() && change.cancelled.is_none() {
                let before = snapshot.orders.get(id).map(|order| order.lines.as_slice()).unwrap_or_default();
                let (before, after) = (line_values(before), line_values(&change.after.lines));
                let cause = cause_of(causes, change.lines_changed);
                events.add(cause, AuditKind::OrderChanged, format!("order:{id}"), before, after);
            }
            if change.cancelled.is_none() {
                continue;
            }
            let (status, warehouse) = match (change.allocated, snapshot.orders.get(id)) {
                (None, Some(before)) => (before.status, before.warehouse),
                // The same batch allocated it.
                _ => (OrderStatus::Allocated, change.after.warehouse),
            };
            let cause = cause_of(causes, change.cancelled);
            let (before, after) = (order_values(status, warehouse), order_values(change.after.status, None));
            events.add(cause, AuditKind::OrderCancelled, format!("order:{id}"), before, after);
        }
        events
    }

    fn add(&mut self, cause: Cause<'a>, kind: AuditKind, subject: String, before: String, after: String) {
        self.actors.push(cause.actor);
        self.credentials.push(cause.credential_text());
        self.addresses.push(cause.address);
        self.requests.push(cause.request_id);
        self.kinds.push(kind.as_str());
        self.subjects.push(subject);
        self.before.push(before);
        self.after.push(after);
    }
}

/// Returns the kind of a payment's event, and the values before and after.
fn payment_values(change: &PaymentChange) -> (AuditKind, [String; 2]) {
    let payment = &change.payment;
    let without = json!({"expiresAt": payment.expires_before.to_rfc3339()});
    let with = json!({"paymentReference": payment.reference.as_str(), "paymentUntil": payment.until.to_rfc3339(),
                      "expiresAt": change.expires_during.to_rfc3339()});
    match change.has_started {
        true => (AuditKind::PaymentStarted, [without.to_string(), with.to_string()]),
        false => (AuditKind::PaymentEnded, [with.to_string(), without.to_string()]),
    }
}

/// Returns the lines of an order as JSON.
fn line_values(lines: &[(ItemId, i32)]) -> String {
    let line = |(item, units): &(ItemId, i32)| format!(r#"{{"itemId":{item},"quantity":{units}}}"#);
    format!(r#"{{"lines":[{}]}}"#, lines.iter().map(line).collect::<Vec<_>>().join(","))
}

/// Returns the values of an order that was made of blocks.
fn created_values(converted: &ConvertedOrder) -> String {
    let lines: Vec<_> = (converted.order.lines.iter())
        .map(|(item, units)| json!({"itemId": item.0, "quantity": units}))
        .collect();
    let mut values = json!({"lines": lines});
    if let Some(reference) = &converted.reference {
        values["reference"] = reference.as_str().into();
    }
    if let Some(cart) = converted.cart {
        values["cartId"] = cart.0.into();
    }
    values.to_string()
}

fn order_values(status: OrderStatus, warehouse: Option<WarehouseId>) -> String {
    match warehouse {
        Some(warehouse) => format!(r#"{{"status":"{}","warehouseId":{warehouse}}}"#, status.as_str()),
        None => format!(r#"{{"status":"{}"}}"#, status.as_str()),
    }
}

impl WriteTransaction {
    /// Adds the events to the audit log. Without events there is no statement.
    pub(super) async fn change_events_insert(&mut self, events: EventColumns<'_>) -> Result<()> {
        if events.kinds.is_empty() {
            return Ok(());
        }
        sqlx::query!(
            "INSERT INTO audit_events (actor, credential, address, request_id, kind, subject, before, after)
             SELECT actor, credential, address, request_id, kind, subject, nullif(before, '')::jsonb, after::jsonb
               FROM unnest($1::text[], $2::text[], $3::inet[], $4::text[], $5::text[], $6::text[], $7::text[],
                           $8::text[])
                    AS events (actor, credential, address, request_id, kind, subject, before, after)",
            &events.actors as &[&str],
            &events.credentials as &[Option<String>],
            &events.addresses as &[Option<IpAddr>],
            &events.requests as &[Option<&str>],
            &events.kinds as &[&str],
            &events.subjects,
            &events.before,
            &events.after
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }
}
