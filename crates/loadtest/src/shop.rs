//! A client for requests before and after a measurement: creates items and reads the stock.

use crate::load::{LoadPlan, with_connection};
use crate::record::{Kind, RunResult};
use crate::request;
use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

const CREATE: &[Kind] = &[Kind { name: "create item", expected: &[201] }];

const RECEIVE: &[Kind] = &[Kind { name: "receive stock", expected: &[200] }];

const READ: &[Kind] = &[Kind { name: "read item", expected: &[200] }];

/// The number of connections for requests that are not measured.
const USERS: usize = 64;

/// The fields of an item that are checked.
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
    /// The items with the most units, at most 100.
    pub items: Vec<Item>,
    /// The number of these items.
    pub count: usize,
    /// The number of items in the category.
    pub total_items_in_category: usize,
}

/// The units of one item, over all warehouses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub struct Units {
    /// Available units.
    pub available: i64,
    /// Units in temporary blocks.
    pub held: i64,
    /// Units in permanent blocks and in allocated orders.
    pub sold: i64,
}

impl Units {
    /// The sum of all units.
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

/// A client of one server.
#[derive(Debug, Clone, Copy)]
pub struct Shop {
    /// The server.
    pub address: SocketAddr,
}

impl Shop {
    /// Creates `count` items and returns their ids. `item` returns the body for an index.
    pub fn create_items(&self, count: usize, item: impl Fn(usize) -> Value) -> Result<Vec<i64>> {
        let plan = LoadPlan::new("create items", self.address, USERS.min(count), CREATE).turns(count as u64);
        let (result, ids) = create_items(&plan, count, item)?;
        if result.errors() > 0 {
            bail!("items can't be created: {}", result.error_descriptions().join("; "));
        }
        Ok(ids)
    }

    /// Creates one item with this stock in this category.
    pub fn create_item(&self, quantity: i64, category: &str) -> Result<i64> {
        let ids = self.create_items(1, |_| item("Limited edition", quantity, category))?;
        ids.first().copied().context("no item was created")
    }

    /// Creates one item with this stock in this category. Returns its id and its SKU.
    pub fn create_item_with_sku(&self, quantity: i64, category: &str) -> Result<(i64, String)> {
        // No other item may have the SKU, and a database may be measured more than once.
        let now = SystemTime::now().duration_since(UNIX_EPOCH).context("the clock is before 1970")?;
        let sku = format!("LOAD-{:x}", now.as_millis());
        let ids = self.create_items(1, |_| {
            let mut item = item("Limited edition", quantity, category);
            item["sku"] = json!(sku);
            item
        })?;
        Ok((ids.first().copied().context("no item was created")?, sku))
    }

    /// Creates a client that may place blocks, and returns its token. The server must accept local access.
    pub fn create_token(&self) -> Result<String> {
        // The name of a client can't be used again, and a database may be measured more than once.
        let now = SystemTime::now().duration_since(UNIX_EPOCH).context("the clock is before 1970")?;
        let client = json!({ "name": format!("load-{:x}", now.as_secs()), "scopes": ["holds:write"] });
        let (status, body) = self.send(&request::post("/api/clients", &client))?;
        if status != 201 {
            bail!("a client can't be created: {status}: {}", String::from_utf8_lossy(&body));
        }
        let created: Value = serde_json::from_slice(&body).context("the new client can't be parsed")?;
        created["token"]["token"].as_str().map(str::to_owned).context("the response has no token")
    }

    /// Reads an item.
    pub fn item(&self, id: i64) -> Result<Item> {
        self.get(&format!("/api/items/{id}"))
    }

    /// Reads the units of an item.
    pub fn units(&self, id: i64) -> Result<Units> {
        let levels: Vec<Units> = self.get(&format!("/api/items/{id}/levels"))?;
        Ok(levels.into_iter().fold(Units::default(), Units::add))
    }

    /// Reads the units of each of these items, in their order.
    pub fn units_of(&self, items: &[i64]) -> Result<Vec<Units>> {
        let found = self.read_each(items, |id| format!("/api/items/{id}/levels"))?;
        let sum = |levels: Vec<Units>| levels.into_iter().fold(Units::default(), Units::add);
        Ok(found.into_iter().map(sum).collect())
    }

    /// Reads the available units of these items.
    pub fn available(&self, items: &[i64]) -> Result<i64> {
        let found: Vec<Item> = self.read_each(items, |id| format!("/api/items/{id}"))?;
        Ok(found.iter().map(|item| item.quantity).sum())
    }

    /// Returns the id of the default warehouse.
    pub fn default_warehouse(&self) -> Result<i64> {
        let warehouses: Vec<Warehouse> = self.get("/api/warehouses")?;
        warehouses.iter().map(|warehouse| warehouse.id).min().context("there is no warehouse")
    }

    /// Adds this number of warehouses, with the same stock of each of these items. Returns the ids of all warehouses.
    pub fn add_warehouses(&self, count: usize, items: &[i64], quantity: i64) -> Result<Vec<i64>> {
        // A code can't be used twice, and a database may be measured more than once.
        let now = SystemTime::now().duration_since(UNIX_EPOCH).context("the clock is before 1970")?;
        let mut requests = Vec::new();
        let mut warehouses = vec![self.default_warehouse()?];
        for index in 0..count {
            let code = format!("L{:x}-{index}", now.as_millis());
            let (status, body) =
                self.send(&request::post("/api/warehouses", &json!({ "code": code, "name": code })))?;
            let id = number(&body, "\"id\":").filter(|_| status == 201);
            let id = id.with_context(|| format!("a warehouse can't be created: status {status}"))?;
            warehouses.push(id);
            let receipt = json!({ "delta": quantity, "warehouseId": id, "reason": "load" });
            requests.extend(
                items.iter().map(|item| request::post(&format!("/api/items/{item}/stock"), &receipt)),
            );
        }
        let requests: Arc<[Vec<u8>]> = requests.into();
        let plan = LoadPlan::new("receive stock", self.address, USERS, RECEIVE).turns(requests.len() as u64);
        let result = plan.run(move |mut user| {
            let requests = requests.clone();
            async move {
                for request in requests.iter().skip(user.index()).step_by(USERS) {
                    user.send(0, request).await;
                }
                Ok(())
            }
        })?;
        if result.errors() > 0 {
            bail!("the stock can't be received: {}", result.error_descriptions().join("; "));
        }
        Ok(warehouses)
    }

    /// Sends a GET request and parses the body.
    pub fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        let body = self.get_bytes(path)?;
        serde_json::from_slice(&body).with_context(|| format!("the response of {path} can't be parsed"))
    }

    /// Sends a GET request and returns the body.
    pub fn get_bytes(&self, path: &str) -> Result<Vec<u8>> {
        let (status, body) = self.send(&request::get(path))?;
        if status != 200 {
            bail!("GET {path} returned status {status}: {}", String::from_utf8_lossy(&body));
        }
        Ok(body)
    }

    /// Sends a request and returns the status and the body.
    pub fn send(&self, request: &[u8]) -> Result<(u16, Vec<u8>)> {
        with_connection(self.address, async |connection| {
            let response = connection.send(request).await?;
            Ok((response.status, response.body.to_vec()))
        })
    }

    fn read_each<T>(&self, items: &[i64], path: impl Fn(i64) -> String) -> Result<Vec<T>>
    where
        T: DeserializeOwned + Send + Sync + 'static,
    {
        let requests: Arc<[Vec<u8>]> = items.iter().map(|id| request::get(&path(*id))).collect();
        let next = Arc::new(AtomicUsize::new(0));
        let (sender, receiver) = std::sync::mpsc::channel();
        let plan = LoadPlan::new("read the stock", self.address, USERS.min(items.len()), READ);
        let result = plan.turns(items.len() as u64).run(move |mut user| {
            let (requests, next, sender) = (requests.clone(), next.clone(), sender.clone());
            async move {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(request) = requests.get(index) else { return Ok(()) };
                    let response = user.send(0, request).await;
                    if response.status == 200 {
                        sender.send((index, serde_json::from_slice(response.body)?))?;
                    }
                }
            }
        })?;
        if result.errors() > 0 {
            bail!("the stock can't be read: {}", result.error_descriptions().join("; "));
        }
        let mut found: Vec<(usize, T)> = receiver.into_iter().collect();
        found.sort_by_key(|(index, _)| *index);
        Ok(found.into_iter().map(|(_, value)| value).collect())
    }
}

/// The body of a request to create an item.
pub fn item(name: &str, quantity: i64, category: &str) -> Value {
    json!({ "name": name, "quantity": quantity, "price": "19.99", "category": category })
}

/// Creates `count` items with this plan, which has one kind of request. Returns the ids in the order of the indices; 0
/// for a failed creation.
pub fn create_items(
    plan: &LoadPlan,
    count: usize,
    item: impl Fn(usize) -> Value,
) -> Result<(RunResult, Vec<i64>)> {
    let requests: Arc<[Vec<u8>]> =
        (0..count).map(|index| request::post("/api/items", &item(index))).collect();
    let ids: Arc<[AtomicI64]> = (0..count).map(|_| AtomicI64::new(0)).collect();
    let next = Arc::new(AtomicUsize::new(0));
    let result = plan.run(|mut user| {
        let (requests, ids, next) = (requests.clone(), ids.clone(), next.clone());
        async move {
            while user.turn().await {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(request) = requests.get(index) else { break };
                let response = user.send(0, request).await;
                match (response.status, number(response.body, "\"id\":")) {
                    (201, Some(id)) => ids[index].store(id, Ordering::Relaxed),
                    (201, None) => user.fault(|| "an item was created without an id".to_owned()),
                    _ => {}
                }
            }
            Ok(())
        }
    })?;
    Ok((result, ids.iter().map(|id| id.load(Ordering::Relaxed)).collect()))
}

/// Finds the integer after a key, such as `"blockId":`, in a JSON text. This is much faster than parsing the text.
/// Other responses are parsed completely.
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
