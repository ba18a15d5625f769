//! The environment of a measurement: the machine and the programs, without host names.

use std::fs;

/// The environment of a run.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Labels and values.
    pub entries: Vec<(&'static str, String)>,
}

impl Facts {
    /// Reads the facts about the machine.
    pub fn read() -> Self {
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

    /// Adds the version of PostgreSQL, if the load program started it.
    pub fn add_postgres(&mut self, version: Option<String>) {
        let entry =
            version.map(|version| format!("{version}, durable commits (fsync and synchronous_commit on)"));
        self.entries.extend(entry.map(|entry| ("PostgreSQL", entry)));
    }

    /// All facts in one line.
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

/// The load average of the last minute: the work of other programs on the machine.
fn load() -> Option<String> {
    fs::read_to_string("/proc/loadavg").ok()?.split(' ').next().map(str::to_owned)
}
