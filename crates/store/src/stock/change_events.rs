//! The audit events of a batch: its changes that are no movement of stock.

use crate::Result;
use crate::WriteTransaction;
use crate::cause::{Cause, cause_of};
use domain::{AuditKind, OrderStatus, Snapshot, StockChanges, Time, WarehouseId};
use std::net::IpAddr;

/// Audit events as columns, in the order of the changes. The values are JSON objects.
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
    /// Returns an event per extended block and per cancelled order. Allocations are in the ledger.
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
        for (id, change) in &changes.orders {
            if change.cancelled.is_none() {
                continue;
            }
            let (status, warehouse) = match (change.allocated, snapshot.orders.get(id)) {
                (None, Some(before)) => (before.status, before.warehouse),
                // The same batch allocated it.
                _ => (OrderStatus::Allocated, change.warehouse),
            };
            let cause = cause_of(causes, change.cancelled);
            let (before, after) = (order_values(status, warehouse), order_values(change.status, None));
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
             SELECT actor, credential, address, request_id, kind, subject, before::jsonb, after::jsonb
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
