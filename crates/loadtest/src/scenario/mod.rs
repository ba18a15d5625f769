//! The scenarios, a file each. Each checks that what it was answered is right, and that the count closes.

pub mod allocate;
pub mod classic;
pub mod cleanup;
pub mod flash_sale;
pub mod limits;
pub mod mixed;
pub mod spread;
pub mod streams;

use crate::http::Answer;
use crate::load::Plan;
use crate::record::{Kind, Outcome};
use crate::shop::Shop;
use crate::system::{Database, Folders, Server};
use anyhow::{Context as _, Result};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// The categories that items are spread over.
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

/// The name of the file that the server is given to serve.
pub const STATIC_FILE: &str = "limits.json";

/// What the command line chose for every scenario.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where things are found and put.
    pub folders: Folders,
    /// A running server.
    pub url: Option<String>,
    /// What durations and amounts are multiplied with.
    pub scale: f64,
    /// Connections, in place of the scenario's own number.
    pub connections: Option<usize>,
    /// Threads that drive the connections.
    pub threads: usize,
}

impl Options {
    /// A duration, scaled.
    pub fn lasting(&self, seconds: f64) -> Duration {
        Duration::from_secs_f64((seconds * self.scale).max(0.2))
    }

    /// An amount, scaled; at least `least`.
    pub fn amount(&self, number: usize, least: usize) -> usize {
        ((number as f64 * self.scale) as usize).max(least)
    }

    /// The number of connections.
    pub fn connections(&self, usual: usize) -> usize {
        self.connections.unwrap_or(usual).max(1)
    }
}

/// A server to test, and what it needs.
#[derive(Debug)]
pub struct Bed {
    // The server goes before its database.
    server: Server,
    database: Option<Database>,
    site: PathBuf,
}

impl Bed {
    /// Starts PostgreSQL and the server, or names the server that runs already.
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

    /// The database below it.
    pub fn database(&self) -> Result<&Database> {
        self.database.as_ref().context(
            "this needs the database too, and is only for a server that the load program has started: leave \
             --url out",
        )
    }

    /// A shop that uses it.
    pub fn shop(&self) -> Shop {
        Shop { address: self.server.address() }
    }

    /// The folder of which the server serves files.
    pub fn site(&self) -> &PathBuf {
        &self.site
    }

    /// PostgreSQL's version, where this program started it.
    pub fn postgres(&self) -> Option<String> {
        let cluster = self.database.as_ref()?.cluster().ok()?;
        Some(cluster.binaries().full_version().to_owned())
    }

    /// A closed loop of so many users.
    pub fn plan(&self, options: &Options, name: &str, users: usize, kinds: &'static [Kind]) -> Plan {
        let mut plan = Plan::new(name, self.server.address(), users, kinds);
        plan.threads = options.threads;
        plan
    }
}

/// Runs a plan in which every user sends requests at random out of `requests`. `is_right` looks at an answer
/// whose status is expected, with the number of the request.
pub fn hammer(
    plan: &Plan,
    requests: Vec<Vec<u8>>,
    is_right: impl Fn(usize, &Answer<'_>) -> bool + Send + Sync + 'static,
) -> Result<Outcome> {
    let requests: Arc<[Vec<u8>]> = requests.into();
    let is_right = Arc::new(is_right);
    plan.run(|mut user| {
        let (requests, is_right) = (requests.clone(), is_right.clone());
        let mut random = fastrand::Rng::with_seed(user.index() as u64);
        async move {
            while user.turn().await {
                let index = random.usize(..requests.len());
                let answer = user.ask(0, &requests[index]).await;
                if (200..300).contains(&answer.status) && !is_right(index, &answer) {
                    let body = String::from_utf8_lossy(answer.body).into_owned();
                    user.fault(|| format!("a wrong answer to request {index}: {body}"));
                }
            }
            Ok(())
        }
    })
}

/// The middle one; of an even number the mean of both.
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
