//! The protocol of systemd for services of `Type=notify`.

use crate::app::Postgres;
use crate::binary::{Folder, ServerProcess, stockhold};
use std::os::unix::net::UnixDatagram;
use std::time::Duration;

/// The limit of the watchdog, in microseconds.
const WATCHDOG_MICROSECONDS: &str = "600000";

/// The deadline of every message.
const TIMEOUT: Duration = Duration::from_secs(30);

fn receive(socket: &UnixDatagram) -> String {
    let mut bytes = [0; 256];
    let length = socket.recv(&mut bytes).expect("a message");
    String::from_utf8_lossy(&bytes[..length]).trim().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn systemd_is_told_of_readiness_life_and_stop() {
    let url = Postgres::find().create_database().await;
    tokio::task::spawn_blocking(move || {
        let folder = Folder::new("notify");
        std::fs::create_dir(&folder.0).expect("a folder");
        let path = folder.0.join("notify.sock");
        let socket = UnixDatagram::bind(&path).expect("a socket");
        socket.set_read_timeout(Some(TIMEOUT)).expect("set");
        let mut command = stockhold();
        command.arg("serve").env("DATABASE_URL", &url).env("NOTIFY_SOCKET", &path);
        command.env("WATCHDOG_USEC", WATCHDOG_MICROSECONDS);
        let serving = ServerProcess::start(command);
        let first = [receive(&socket), receive(&socket)];
        assert!(first.contains(&"READY=1".to_owned()), "{first:?}");
        assert_eq!([receive(&socket), receive(&socket)], ["WATCHDOG=1", "WATCHDOG=1"]);
        serving.stop("-TERM");
        let mut messages = std::iter::repeat_with(|| receive(&socket));
        assert_eq!(messages.find(|message| message != "WATCHDOG=1").as_deref(), Some("STOPPING=1"));
    })
    .await
    .expect("no panic");
}
