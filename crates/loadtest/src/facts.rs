//! What a figure means nothing without: the machine and the programs. No names of machines.

use std::fs;

/// Where a run took place.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Each a label and a value.
    pub entries: Vec<(&'static str, String)>,
}

impl Facts {
    /// What the system tells of itself.
    pub fn gather() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
        let mut entries = vec![
            ("processors", format!("{cores}, shared by client, server and PostgreSQL")),
            ("system", format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)),
        ];
        if let Some(bytes) = memory_bytes() {
            entries.push(("memory", format!("{:.0} GiB", bytes as f64 / f64::from(1 << 30))));
        }
        if let Some(load) = load() {
            entries.push(("load before the run", load));
        }
        Self { entries }
    }

    /// Adds the version of the PostgreSQL that was started, if any was.
    pub fn add_postgres(&mut self, version: Option<String>) {
        let told =
            version.map(|version| format!("{version}, durable commits (fsync and synchronous_commit on)"));
        self.entries.extend(told.map(|told| ("PostgreSQL", told)));
    }

    /// All in one line.
    pub fn line(&self) -> String {
        let entries: Vec<String> =
            self.entries.iter().map(|(label, value)| format!("{label}: {value}")).collect();
        entries.join("; ")
    }
}

fn memory_bytes() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

/// How many programs wanted to run at the same time, over the last minute: what else the machine did.
fn load() -> Option<String> {
    fs::read_to_string("/proc/loadavg").ok()?.split(' ').next().map(str::to_owned)
}
