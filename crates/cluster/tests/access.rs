//! Access rules of a private PostgreSQL.
#![allow(clippy::unwrap_used)]

use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use cluster::{Cluster, Options, SUPERUSER};

/// The environment variable with the socket for the child process of
/// `another_user_is_rejected_also_if_the_folders_are_open`.
const CHILD_SOCKET: &str = "STOCKHOLD_TEST_CHILD_SOCKET";

/// The environment variable with the folder for the child process of `a_running_server_of_an_older_version_gets_the_rules`.
const CHILD_FOLDER: &str = "STOCKHOLD_TEST_CHILD_FOLDER";

/// The time limit of a change that the server or a child process has to make.
const PATIENCE: Duration = Duration::from_secs(60);

/// The rules of an older version.
const FORMER_RULES: &str = "local all all trust\nhost all all 127.0.0.1/32 trust\n";

/// The id of a user that is neither root nor PostgreSQL's: `daemon` on Linux and macOS.
const OTHER_USER: u32 = 1;

/// The authentication methods of the rules, in their order.
const METHODS: &str = "SELECT string_agg(auth_method, ' ' ORDER BY line_number) FROM pg_hba_file_rules";

/// The server's response to a connection.
#[derive(Debug, PartialEq, Eq)]
enum Greeting {
    Accepted,
    PasswordRequested,
    /// The fields of the error as text.
    Rejected(String),
}

/// Starts a connection as `role`, without a password.
fn greeting(socket: &Path, role: &str) -> Greeting {
    let mut stream = UnixStream::connect(socket).unwrap();
    let mut message = 196_608_u32.to_be_bytes().to_vec();
    message.extend_from_slice(format!("user\0{role}\0database\0postgres\0\0").as_bytes());
    let length = u32::try_from(message.len() + 4).unwrap();
    stream.write_all(&[&length.to_be_bytes()[..], &message].concat()).unwrap();
    let mut head = [0; 5];
    stream.read_exact(&mut head).unwrap();
    let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
    let mut body = vec![0; length - 4];
    stream.read_exact(&mut body).unwrap();
    match (head[0], body.as_slice()) {
        (b'R', [0, 0, 0, 0]) => Greeting::Accepted,
        (b'R', _) => Greeting::PasswordRequested,
        _ => Greeting::Rejected(String::from_utf8_lossy(&body).into_owned()),
    }
}

fn is_rejected(greeting: &Greeting) -> bool {
    matches!(greeting, Greeting::Rejected(text) if text.contains("C28000\0"))
}

fn single_value(cluster: &Cluster, sql: &str) -> String {
    cluster.query("postgres", sql).unwrap().remove(0).remove(0).unwrap()
}

fn data(cluster: &Cluster) -> PathBuf {
    single_value(cluster, "SHOW data_directory").into()
}

fn wait_until(mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < deadline, "the condition did not become true");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn only_the_owner_can_reach_the_socket_and_nothing_listens_on_tcp() {
    let cluster = Cluster::temporary().unwrap();
    assert_eq!(greeting(&cluster.socket(), SUPERUSER), Greeting::Accepted);
    assert_eq!(single_value(&cluster, "SHOW listen_addresses"), "");
    assert_eq!(mode(&cluster.socket()), 0o700);
    assert_eq!(mode(cluster.socket_folder()), 0o700);
    let data = data(&cluster);
    for path in ["", "pg_hba.conf", "pg_ident.conf", "stockhold.conf"].map(|name| data.join(name)) {
        assert_eq!(mode(&path) & 0o077, 0, "{}", path.display());
    }
    assert_eq!(single_value(&cluster, METHODS), "peer peer scram-sha-256");
}

#[test]
fn another_user_is_rejected_also_if_the_folders_are_open() {
    if let Some(socket) = std::env::var_os(CHILD_SOCKET) {
        println!("greeting: {:?}", greeting(Path::new(&socket), SUPERUSER));
        return;
    }
    if other_users_are_out_of_reach() {
        return;
    }
    let cluster = Cluster::temporary().unwrap();
    let socket = cluster.socket();
    for folder in cluster.socket_folder().ancestors().take(3) {
        set_mode(folder, 0o755);
    }
    set_mode(&socket, 0o777);
    // A copy, because other users can't enter every folder of the build.
    let program = std::env::temp_dir().join(format!("stockhold-access-{}", std::process::id()));
    std::fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    set_mode(&program, 0o755);
    let connect = |user: u32| {
        let mut command = Command::new(&program);
        command.args(["--exact", "another_user_is_rejected_also_if_the_folders_are_open", "--nocapture"]);
        command.env(CHILD_SOCKET, &socket).uid(user).current_dir("/");
        let output = loop {
            match command.output() {
                // A process that another test starts has the open copy until it runs its own program.
                Err(error) if error.kind() == ErrorKind::ExecutableFileBusy => {
                    std::thread::sleep(Duration::from_millis(20));
                }
                output => break output.unwrap(),
            }
        };
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let (by_root, by_other) = (connect(0), connect(OTHER_USER));
    std::fs::remove_file(program).unwrap();
    assert!(by_root.contains("greeting: Accepted"), "{by_root}");
    assert!(by_other.contains("greeting: Rejected") && by_other.contains("C28000"), "{by_other}");
}

/// Whether this process can't start programs as another user.
fn other_users_are_out_of_reach() -> bool {
    Command::new("/bin/sh").args(["-c", ":"]).uid(OTHER_USER).current_dir("/").status().is_err()
}

#[test]
fn a_user_who_is_not_listed_is_rejected() {
    let cluster = Cluster::temporary().unwrap();
    let ident = data(&cluster).join("pg_ident.conf");
    std::fs::write(ident, "owner \"no-such-user\" \"stockhold\"\n").unwrap();
    cluster.query("postgres", "SELECT pg_reload_conf()").unwrap();
    wait_until(|| is_rejected(&greeting(&cluster.socket(), SUPERUSER)));
}

#[test]
fn another_role_needs_a_password() {
    let cluster = Cluster::temporary().unwrap();
    cluster.query("postgres", "CREATE ROLE guest LOGIN").unwrap();
    assert_eq!(greeting(&cluster.socket(), "guest"), Greeting::PasswordRequested);
}

/// A folder that is removed when this value is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("stockhold-{name}-{}", std::process::id())))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // The cluster may be elsewhere, behind a link.
        if let Ok(home) = self.0.join("cluster").canonicalize() {
            let _ = std::fs::remove_dir_all(home);
        }
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn the_rules_of_an_older_version_are_replaced_at_the_next_start() {
    let folder = Folder::new("former-rules");
    let options = Options::disposable(&folder.0);
    let cluster = Cluster::start(&options).unwrap();
    let rules = data(&cluster).join("pg_hba.conf");
    cluster.stop().unwrap();
    std::fs::write(&rules, FORMER_RULES).unwrap();
    set_mode(&rules, 0o644);
    let again = Cluster::start(&options).unwrap();
    assert_eq!(single_value(&again, METHODS), "peer peer scram-sha-256");
    assert_eq!(mode(&rules), 0o600);
}

#[test]
fn a_running_server_of_an_older_version_gets_the_rules() {
    if let Some(folder) = std::env::var_os(CHILD_FOLDER) {
        own_with_former_rules(Path::new(&folder));
    }
    let folder = Folder::new("former-server");
    let mut owner = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_running_server_of_an_older_version_gets_the_rules", "--nocapture"])
        .env(CHILD_FOLDER, &folder.0)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    wait_until(|| folder.0.join("ready").exists() || owner.try_wait().unwrap().is_some());
    owner.kill().unwrap();
    owner.wait().unwrap();
    let adopted = Cluster::start(&Options::disposable(&folder.0)).unwrap();
    assert!(adopted.was_adopted());
    assert_eq!(single_value(&adopted, METHODS), "peer peer scram-sha-256");
    wait_until(|| greeting(&adopted.socket(), "guest") == Greeting::PasswordRequested);
}

/// The child process: owns a cluster with the rules of an older version until it is killed.
fn own_with_former_rules(folder: &Path) -> ! {
    let cluster = Cluster::start(&Options::disposable(folder)).unwrap();
    cluster.query("postgres", "CREATE ROLE guest LOGIN").unwrap();
    std::fs::write(data(&cluster).join("pg_hba.conf"), FORMER_RULES).unwrap();
    cluster.query("postgres", "SELECT pg_reload_conf()").unwrap();
    wait_until(|| greeting(&cluster.socket(), "guest") == Greeting::Accepted);
    std::fs::write(folder.join("ready"), "").unwrap();
    std::thread::sleep(2 * PATIENCE);
    std::process::exit(1)
}
