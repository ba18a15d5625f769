//! Faults of the private PostgreSQL below a running server.

use crate::binary::{Folder, ServerProcess, stockhold};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// The longest time until a server has recovered.
const RECOVERY_MAX: Duration = Duration::from_secs(60);

/// The longest time until a server exits whose PostgreSQL does not start: the pauses between the starts, and the starts.
const EXIT_MAX: Duration = Duration::from_secs(30);

const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// The size of the file system that runs full, in MB. A new cluster takes about 60 MB.
const DISK_MEGABYTES: u32 = 160;

/// Starts a server with a private PostgreSQL.
fn serve(data: &Path) -> ServerProcess {
    let mut command = stockhold();
    command.arg("serve").env("STOCKHOLD_DATA_DIR", data).stderr(Stdio::piped());
    ServerProcess::start(command)
}

/// The data directory of PostgreSQL.
fn data_of(data: &Path) -> PathBuf {
    data.join("postgres/cluster/data")
}

/// The process id of the running postmaster.
fn postmaster(data: &Path) -> Option<u32> {
    let note = std::fs::read_to_string(data_of(data).join("postmaster.pid")).ok()?;
    note.lines().next()?.parse().ok()
}

fn kill(process: u32) {
    let killed = Command::new("kill").args(["-9", &process.to_string()]).status();
    assert!(killed.expect("run").success());
}

/// Runs the future to its end.
fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}

/// Sends a request. Returns the status and the body.
fn send(request: reqwest::RequestBuilder) -> Option<(u16, Value)> {
    wait(async {
        let answer = request.send().await.ok()?;
        let status = answer.status().as_u16();
        Some((status, answer.json().await.unwrap_or(Value::Null)))
    })
}

fn health(serving: &ServerProcess) -> Option<(u16, Value)> {
    send(reqwest::Client::new().get(format!("{}/health", serving.url)))
}

/// Creates an item with a long description that can't be compressed.
fn create_item(serving: &ServerProcess) -> (u16, Value) {
    let description: String = (0..50).map(|_| uuid::Uuid::now_v7().simple().to_string()).collect();
    let item = json!({"name": "Vase", "quantity": 1, "price": "1", "description": description});
    send(reqwest::Client::new().post(format!("{}/api/items", serving.url)).json(&item)).expect("an answer")
}

#[test]
fn a_killed_postgresql_is_started_again() {
    let folder = Folder::new("killed-postgres");
    let serving = serve(&folder.0);
    let killed = postmaster(&folder.0).expect("a postmaster");
    kill(killed);
    let begun = Instant::now();
    let is_healthy = || health(&serving).is_some_and(|(status, _)| status == 200);
    while postmaster(&folder.0).is_none_or(|running| running == killed) || !is_healthy() {
        assert!(begun.elapsed() < RECOVERY_MAX, "it was not started again");
        sleep(POLL_INTERVAL);
    }
    println!("recovered {:.1} s after PostgreSQL was killed", begun.elapsed().as_secs_f64());
    serving.stop("-TERM");
}

#[test]
fn a_server_whose_postgresql_does_not_start_exits_with_the_cause() {
    let folder = Folder::new("broken-postgres");
    let mut serving = serve(&folder.0);
    let control = data_of(&folder.0).join("global/pg_control");
    std::fs::rename(&control, control.with_extension("lost")).expect("renamed");
    kill(postmaster(&folder.0).expect("a postmaster"));
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = serving.child.try_wait().expect("a status") {
            break status;
        }
        assert!(begun.elapsed() < EXIT_MAX, "it does not exit");
        sleep(POLL_INTERVAL);
    };
    println!("exited {:.1} s after PostgreSQL was killed", begun.elapsed().as_secs_f64());
    assert_eq!(status.code(), Some(1));
    let mut errors = String::new();
    serving.child.stderr.take().expect("its errors").read_to_string(&mut errors).expect("text");
    let error = errors.lines().find(|line| line.starts_with("error: ")).unwrap_or_default();
    assert!(error.contains("the private PostgreSQL ended, and 5 starts failed"), "{errors}");
    assert!(errors.contains("pg_control"), "PostgreSQL's log names the cause: {errors}");
}

/// A file system in memory. It is unmounted on drop.
struct Disk(PathBuf);

impl Disk {
    /// Mounts a file system; `None` if this process has no right to mount one.
    fn mount(folder: &Folder) -> Option<Self> {
        std::fs::create_dir(&folder.0).expect("a folder");
        let size = format!("size={DISK_MEGABYTES}m,mode=755");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&folder.0).output();
        mounted.is_ok_and(|mounted| mounted.status.success()).then(|| Self(folder.0.clone()))
    }

    /// Fills the disk to its last byte. Returns the file that takes the space.
    fn fill(&self) -> PathBuf {
        let path = self.0.join("filler");
        let mut file = File::create(&path).expect("a file");
        let mut block = vec![0; 1 << 20];
        while !block.is_empty() {
            match file.write_all(&block) {
                Ok(()) => {}
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::StorageFull);
                    block.truncate(block.len() / 2);
                }
            }
        }
        path
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").args(["--lazy"]).arg(&self.0).status();
    }
}

/// Needs the right to mount a file system, which root has.
#[test]
fn a_server_with_a_full_disk_says_so_and_goes_on_once_there_is_space() {
    let folder = Folder::new("full-disk");
    let Some(disk) = Disk::mount(&folder) else {
        println!("skipped: this process may not mount a file system");
        return;
    };
    let serving = serve(&disk.0);
    let (status, created) = create_item(&serving);
    assert_eq!(status, 201, "{created}");
    let filler = disk.fill();
    let begun = Instant::now();
    // Some pages of the tables and some of the log have space.
    let refused = loop {
        match create_item(&serving) {
            (201, _) => assert!(begun.elapsed() < RECOVERY_MAX, "the disk is not full"),
            (status, problem) => break (status, problem["code"].clone()),
        }
    };
    assert_eq!(refused, (503, json!("storage_full")));
    let (status, report) = health(&serving).expect("an answer");
    assert_eq!((status, &report["status"]), (200, &json!("degraded")), "{report}");
    assert_eq!(report["databaseProblem"], "storage_full", "{report}");
    std::fs::remove_file(filler).expect("removed");
    let freed = Instant::now();
    while create_item(&serving).0 != 201 {
        assert!(freed.elapsed() < RECOVERY_MAX, "it does not go on");
        sleep(POLL_INTERVAL);
    }
    println!("changed {:.1} s after the disk had space", freed.elapsed().as_secs_f64());
    serving.stop("-TERM");
}
