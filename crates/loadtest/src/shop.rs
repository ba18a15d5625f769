//! What a shop does with the service before and after a measurement: creates items, looks at the stock.

use crate::load::{Plan, converse};
use crate::record::{Kind, Outcome};
use crate::request;
use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

const CREATE: &[Kind] = &[Kind { name: "create item", expected: &[201] }];

const READ: &[Kind] = &[Kind { name: "read item", expected: &[200] }];

/// Connections for what is not measured.
const USERS: usize = 64;

/// What is looked at of an item.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Item {
    /// Its id.
    pub id: i64,
    /// Units available, over all warehouses.
    pub quantity: i64,
    /// Its category.
    pub category: Option<String>,
}

/// A category's top list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Top {
    /// The category.
    pub category: String,
    /// Its items that have the most units, at most 100.
    pub items: Vec<Item>,
    /// How many those are.
    pub count: usize,
    /// How many the category has.
    pub total_items_in_category: usize,
}

/// The units of one item, over all warehouses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub struct Units {
    /// To be sold.
    pub available: i64,
    /// In temporary blocks.
    pub held: i64,
    /// In permanent blocks and allocated orders.
    pub sold: i64,
}

impl Units {
    /// All of them.
    pub fn total(&self) -> i64 {
        self.available + self.held + self.sold
    }

    fn add(self, other: Self) -> Self {
        Self {
            available: self.available + other.available,
            held: self.held + other.held,
            sold: self.sold + other.sold,
        }
    }
}

/// A warehouse.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Warehouse {
    /// Its id.
    pub id: i64,
}

/// A shop that uses one server.
#[derive(Debug, Clone, Copy)]
pub struct Shop {
    /// The server.
    pub address: SocketAddr,
}

impl Shop {
    /// Creates `count` items; the ids are in the order of `item`'s numbers.
    pub fn create_items(&self, count: usize, item: impl Fn(usize) -> Value) -> Result<Vec<i64>> {
        let plan = Plan::new("create items", self.address, USERS.min(count), CREATE).turns(count as u64);
        let (outcome, ids) = create_items(&plan, count, item)?;
        if outcome.errors() > 0 {
            bail!("items can't be created: {}", outcome.complaints().join("; "));
        }
        Ok(ids)
    }

    /// Creates one item of this stock in this category.
    pub fn create_item(&self, quantity: i64, category: &str) -> Result<i64> {
        let ids = self.create_items(1, |_| item("Limited edition", quantity, category))?;
        ids.first().copied().context("no item was created")
    }

    /// One item.
    pub fn item(&self, id: i64) -> Result<Item> {
        self.get(&format!("/api/items/{id}"))
    }

    /// The units of one item.
    pub fn units(&self, id: i64) -> Result<Units> {
        let levels: Vec<Units> = self.get(&format!("/api/items/{id}/levels"))?;
        Ok(levels.into_iter().fold(Units::default(), Units::add))
    }

    /// The units of each of these items, in their order.
    pub fn units_of(&self, items: &[i64]) -> Result<Vec<Units>> {
        let found = self.read_each(items, |id| format!("/api/items/{id}/levels"))?;
        let sum = |levels: Vec<Units>| levels.into_iter().fold(Units::default(), Units::add);
        Ok(found.into_iter().map(sum).collect())
    }

    /// The units that can be sold, over these items.
    pub fn available(&self, items: &[i64]) -> Result<i64> {
        let found: Vec<Item> = self.read_each(items, |id| format!("/api/items/{id}"))?;
        Ok(found.iter().map(|item| item.quantity).sum())
    }

    /// The warehouse that takes the stock for which none is named.
    pub fn default_warehouse(&self) -> Result<i64> {
        let warehouses: Vec<Warehouse> = self.get("/api/warehouses")?;
        warehouses.iter().map(|warehouse| warehouse.id).min().context("there is no warehouse")
    }

    /// What a GET answers.
    pub fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        let body = self.get_bytes(path)?;
        serde_json::from_slice(&body).with_context(|| format!("the answer of {path} can't be read"))
    }

    /// The body that a GET answers.
    pub fn get_bytes(&self, path: &str) -> Result<Vec<u8>> {
        let (status, body) = self.send(&request::get(path))?;
        if status != 200 {
            bail!("GET {path} was answered with status {status}: {}", String::from_utf8_lossy(&body));
        }
        Ok(body)
    }

    /// The status and the body that a request is answered with.
    pub fn send(&self, request: &[u8]) -> Result<(u16, Vec<u8>)> {
        converse(self.address, async |connection| {
            let answer = connection.ask(request).await?;
            Ok((answer.status, answer.body.to_vec()))
        })
    }

    fn read_each<T>(&self, items: &[i64], path: impl Fn(i64) -> String) -> Result<Vec<T>>
    where
        T: DeserializeOwned + Send + Sync + 'static,
    {
        let requests: Arc<[Vec<u8>]> = items.iter().map(|id| request::get(&path(*id))).collect();
        let next = Arc::new(AtomicUsize::new(0));
        let (sender, receiver) = std::sync::mpsc::channel();
        let plan = Plan::new("look at the stock", self.address, USERS.min(items.len()), READ);
        let outcome = plan.turns(items.len() as u64).run(move |mut user| {
            let (requests, next, sender) = (requests.clone(), next.clone(), sender.clone());
            async move {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(request) = requests.get(index) else { return Ok(()) };
                    let answer = user.ask(0, request).await;
                    if answer.status == 200 {
                        sender.send((index, serde_json::from_slice(answer.body)?))?;
                    }
                }
            }
        })?;
        if outcome.errors() > 0 {
            bail!("the stock can't be read: {}", outcome.complaints().join("; "));
        }
        let mut found: Vec<(usize, T)> = receiver.into_iter().collect();
        found.sort_by_key(|(index, _)| *index);
        Ok(found.into_iter().map(|(_, value)| value).collect())
    }
}

/// An item to be created.
pub fn item(name: &str, quantity: i64, category: &str) -> Value {
    json!({ "name": name, "quantity": quantity, "price": "19.99", "category": category })
}

/// Creates `count` items as the plan says, whose one kind is the creation. The ids are in the order of
/// `item`'s numbers, 0 where the creation failed.
pub fn create_items(plan: &Plan, count: usize, item: impl Fn(usize) -> Value) -> Result<(Outcome, Vec<i64>)> {
    let requests: Arc<[Vec<u8>]> =
        (0..count).map(|index| request::post("/api/items", &item(index))).collect();
    let ids: Arc<[AtomicI64]> = (0..count).map(|_| AtomicI64::new(0)).collect();
    let next = Arc::new(AtomicUsize::new(0));
    let outcome = plan.run(|mut user| {
        let (requests, ids, next) = (requests.clone(), ids.clone(), next.clone());
        async move {
            while user.turn().await {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(request) = requests.get(index) else { break };
                let answer = user.ask(0, request).await;
                match (answer.status, number(answer.body, "\"id\":")) {
                    (201, Some(id)) => ids[index].store(id, Ordering::Relaxed),
                    (201, None) => user.fault(|| "an item was created without an id".to_owned()),
                    _ => {}
                }
            }
            Ok(())
        }
    })?;
    Ok((outcome, ids.iter().map(|id| id.load(Ordering::Relaxed)).collect()))
}

/// The whole number behind a key, such as `"blockId":`, in a JSON text. It costs a fraction of reading the
/// whole text; what is around the number is checked by those who read it whole.
pub fn number(json: &[u8], key: &str) -> Option<i64> {
    let start = json.windows(key.len()).position(|window| window == key.as_bytes())? + key.len();
    let rest = &json[start..];
    let end = rest.iter().position(|byte| !byte.is_ascii_digit() && *byte != b'-').unwrap_or(rest.len());
    std::str::from_utf8(&rest[..end]).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_by_its_key() {
        let json = br#"{"blockId":12,"itemId":-7,"last":9}"#;
        assert_eq!(number(json, "\"itemId\":"), Some(-7));
        assert_eq!(number(json, "\"last\":"), Some(9));
        assert_eq!(number(json, "\"id\":"), None);
    }
}
