//! The scenarios. Each checks the responses, and that the numbers of units add up.

pub mod allocate;
pub mod batch;
pub mod checkout;
pub mod classic;
pub mod cleanup;
mod expected_units;
pub mod flash_sale;
pub mod import;
pub mod limits;
pub mod mixed;
pub mod spread;
pub mod streams;
pub mod webhooks;

use crate::http::Response;
use crate::load::LoadPlan;
use crate::record::{Kind, RunResult};
use crate::report::Report;
use crate::shop::Shop;
use crate::system::{Database, Folders, Server};
use anyhow::{Context as _, Result};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// The categories of the items.
pub const CATEGORIES: [&str; 15] = [
    "Audio",
    "Books",
    "Cameras",
    "Clothing",
    "Computers",
    "Furniture",
    "Games",
    "Garden",
    "Grocery",
    "Health",
    "Jewellery",
    "Music",
    "Phones",
    "Sports",
    "Toys",
];

/// The name of the static file.
pub const STATIC_FILE: &str = "limits.json";

/// The options of every scenario.
#[derive(Debug, Clone)]
pub struct Options {
    /// The folders.
    pub folders: Folders,
    /// The URL of a running server.
    pub url: Option<String>,
    /// The factor of durations and amounts.
    pub scale: f64,
    /// The number of connections; `None` for the scenario's number.
    pub connections: Option<usize>,
    /// The number of threads.
    pub threads: usize,
}

impl Options {
    /// A scaled duration.
    pub fn lasting(&self, seconds: f64) -> Duration {
        Duration::from_secs_f64((seconds * self.scale).max(0.2))
    }

    /// A scaled amount; at least `least`.
    pub fn amount(&self, number: usize, least: usize) -> usize {
        ((number as f64 * self.scale) as usize).max(least)
    }

    /// The number of connections.
    pub fn connections(&self, usual: usize) -> usize {
        self.connections.unwrap_or(usual).max(1)
    }
}

/// The server under test and its database.
#[derive(Debug)]
pub struct TestBed {
    // The server is dropped before its database.
    server: Server,
    database: Option<Database>,
    site: PathBuf,
}

impl TestBed {
    /// Starts PostgreSQL and the server, or uses the running server.
    pub fn prepare(options: &Options) -> Result<Self> {
        let site = options.folders.output.join("site");
        match &options.url {
            Some(url) => Ok(Self { server: Server::at(url)?, database: None, site }),
            None => {
                std::fs::create_dir_all(&site).with_context(|| format!("can't create {}", site.display()))?;
                let database = Database::start(&options.folders)?;
                let server = Server::start(&options.folders, &database, &site)?;
                Ok(Self { server, database: Some(database), site })
            }
        }
    }

    /// The server.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Its database.
    pub fn database(&self) -> Result<&Database> {
        self.database.as_ref().context(
            "this scenario needs the database, so the load program has to start the server: omit --url",
        )
    }

    /// A client of it.
    pub fn shop(&self) -> Shop {
        Shop { address: self.server.address() }
    }

    /// The folder of the server's static files.
    pub fn site(&self) -> &PathBuf {
        &self.site
    }

    /// PostgreSQL's version, if this program started it.
    pub fn postgres(&self) -> Option<String> {
        let cluster = self.database.as_ref()?.cluster().ok()?;
        Some(cluster.binaries().full_version().to_owned())
    }

    /// Checks that `stockhold reconcile` finds nothing, if this program started the database.
    pub fn reconcile(&self, options: &Options, report: &mut Report) -> Result<()> {
        let Some(database) = &self.database else { return Ok(()) };
        let agrees = database.reconciles(&options.folders)?;
        report.equal("runs of stockhold reconcile with findings", 0, i64::from(!agrees));
        Ok(())
    }

    /// The plan of a closed loop with this number of users.
    pub fn plan(&self, options: &Options, name: &str, users: usize, kinds: &'static [Kind]) -> LoadPlan {
        let mut plan = LoadPlan::new(name, self.server.address(), users, kinds);
        plan.threads = options.threads;
        plan
    }
}

/// Runs a plan: each user sends random requests of `requests`. `is_right` checks the successful responses; its first
/// argument is the index of the request.
pub fn send_random_requests(
    plan: &LoadPlan,
    requests: Vec<Vec<u8>>,
    is_right: impl Fn(usize, &Response<'_>) -> bool + Send + Sync + 'static,
) -> Result<RunResult> {
    let requests: Arc<[Vec<u8>]> = requests.into();
    let is_right = Arc::new(is_right);
    plan.run(|mut user| {
        let (requests, is_right) = (requests.clone(), is_right.clone());
        let mut random = fastrand::Rng::with_seed(user.index() as u64);
        async move {
            while user.turn().await {
                let index = random.usize(..requests.len());
                let response = user.send(0, &requests[index]).await;
                if (200..300).contains(&response.status) && !is_right(index, &response) {
                    let body = String::from_utf8_lossy(response.body).into_owned();
                    user.fault(|| format!("a wrong response to request {index}: {body}"));
                }
            }
            Ok(())
        }
    })
}

/// The median. For an even number of values, the mean of the two middle ones.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        count if count.is_multiple_of(2) => (sorted[count / 2 - 1] + sorted[count / 2]) / 2.0,
        count => sorted[count / 2],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!([median(&[3.0, 1.0, 2.0]), median(&[4.0, 1.0]), median(&[7.0])], [2.0, 2.5, 7.0]);
    }
}
