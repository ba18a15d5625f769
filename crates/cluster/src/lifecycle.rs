//! The life cycle of a cluster: created, started or adopted, stopped.

use std::io::Write as _;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::access_rules::{SUPERUSER, hba_file, ident_file};
use crate::archive::{ARCHIVE_QUERY, is_archiving_to};
use crate::binaries::Binaries;
use crate::directory::{Directory, OwnerLock, SOCKET_NAME, create_directory, prepare_shared_folder};
use crate::error::Error;
use crate::process::{command, run, server_user};
use crate::session::{Rows, Session};
use crate::settings::{Durability, Options};
use crate::system::{User, effective_uid, user_with_id};
use crate::temporary::Temporary;

/// The database that every cluster has.
pub(crate) const MAINTENANCE_DATABASE: &str = "postgres";

/// The time limit of a start. Replaying the write-ahead log after a crash is slow on a slow disk.
const START_SECONDS: &str = "600";

/// The time limit of a stop.
const STOP_SECONDS: &str = "120";

/// glibc's settings for retaining freed memory, in bytes; other C libraries ignore them. By default, glibc returns
/// nearly all freed memory to the kernel, and the next statement allocates it again, page by page.
const MALLOC_SETTINGS: [(&str, &str); 2] =
    [("MALLOC_TOP_PAD_", "16777216"), ("MALLOC_TRIM_THRESHOLD_", "67108864")];

/// The configuration file. It is written at every start.
const SETTINGS_FILE: &str = "stockhold.conf";

/// A shell script that replaces the file `$0` with its input. A full disk or a crash leaves the former file.
const REPLACE: &str = "umask 077 && cat >\"$0.new\" && mv -f \"$0.new\" \"$0\"";

/// A running PostgreSQL that this process owns. Dropping this value stops it.
#[derive(Debug)]
pub struct Cluster {
    pub(crate) binaries: Binaries,
    pub(crate) directory: Directory,
    pub(crate) user: Option<User>,
    pub(crate) options: Options,
    socket_folder: PathBuf,
    adopted: bool,
    running: bool,
    // Fields are dropped in this order: the folder after the server, the lock last.
    temporary: Option<Temporary>,
    _lock: OwnerLock,
}

impl Cluster {
    /// Starts the cluster in the options' directory. Creates it if it does not exist. Adopts a server that a killed owner
    /// left running, if it has the options' archive; otherwise restarts it.
    pub fn start(options: &Options) -> Result<Self, Error> {
        let mut cluster = Self::open(options, Binaries::find_for)?;
        cluster.bring_up()?;
        Ok(cluster)
    }

    /// Takes the lock of the options' directory and creates its missing folders, without a server.
    pub(crate) fn open(
        options: &Options,
        find: impl FnOnce(&Path) -> Result<Binaries, Error>,
    ) -> Result<Self, Error> {
        let directory = create_directory(&options.directory)?;
        let lock = OwnerLock::take(&directory)?;
        let user = Directory::owner(&directory, server_user()?)?;
        let binaries = find(&directory)?.reachable_by(user.as_ref())?;
        if let Some(archive) = &options.archive {
            prepare_shared_folder(archive, user.as_ref())?;
        }
        Ok(Self {
            directory: Directory::prepare(&directory, user.as_ref())?,
            binaries,
            user,
            options: options.clone(),
            socket_folder: PathBuf::new(),
            adopted: false,
            running: false,
            temporary: None,
            _lock: lock,
        })
    }

    /// The URL of a database of the server that runs in `directory`, also one of another owner. `None` if no server runs.
    ///
    /// # Errors
    /// [`Error::File`] if this user can't enter the directory.
    pub fn running_url(directory: &Path, database: &str) -> Result<Option<String>, Error> {
        let home = directory.join("cluster");
        let home = match home.canonicalize() {
            Ok(home) => home,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::file("find", &home)(error)),
        };
        let data = home.join("data");
        std::fs::metadata(&data).map_err(Error::file("enter", &data))?;
        let directory = Directory::of_home(home);
        let socket_folder = find_running(&directory, || true);
        Ok(socket_folder.map(|folder| url(&folder, database)))
    }

    /// Whether `directory` has a cluster.
    pub fn exists(directory: &Path) -> bool {
        directory.join("cluster").symlink_metadata().is_ok()
    }

    /// Starts an empty cluster for tests, in memory if there is enough space. Dropping the value removes the data.
    pub fn temporary() -> Result<Self, Error> {
        let temporary = Temporary::create(server_user()?.as_ref())?;
        let mut cluster = Self::start(&Options::disposable(temporary.path()))?;
        cluster.temporary = Some(temporary);
        Ok(cluster)
    }

    /// The URL of one of its databases, in the format of libpq and sqlx: the host is the percent-encoded folder of the
    /// socket.
    pub fn url(&self, database: &str) -> String {
        url(&self.socket_folder, database)
    }

    /// The folder of its socket.
    pub fn socket_folder(&self) -> &Path {
        &self.socket_folder
    }

    /// The server programs.
    pub fn binaries(&self) -> &Binaries {
        &self.binaries
    }

    /// Whether the server was left running by a killed owner.
    pub fn was_adopted(&self) -> bool {
        self.adopted
    }

    /// The folder of its files if it is outside the requested directory, because PostgreSQL's user can't enter that one.
    pub fn moved_to(&self) -> Option<&Path> {
        self.directory.moved.then_some(self.directory.home.as_path())
    }

    /// Runs one or more statements in `database` as one transaction. Returns the rows.
    pub fn query(&self, database: &str, sql: &str) -> Result<Rows, Error> {
        Session::connect(&self.socket_folder.join(SOCKET_NAME), SUPERUSER, database)?.query(sql)
    }

    /// Creates `database` if it does not exist. Returns whether it was created.
    pub fn create_database(&self, database: &str) -> Result<bool, Error> {
        let name = database.replace('"', "\"\"");
        match self.query(MAINTENANCE_DATABASE, &format!("CREATE DATABASE \"{name}\"")) {
            Ok(_) => Ok(true),
            Err(Error::Statement { code, .. }) if code == "42P04" => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The path of its socket. The server listens there also during crash recovery.
    pub fn socket(&self) -> PathBuf {
        self.socket_folder.join(SOCKET_NAME)
    }

    /// Starts a server that has ended unexpectedly, on the same socket. Does nothing if the server runs.
    ///
    /// # Errors
    /// [`Error::File`] if the data are gone: the owner expects its data, not a new cluster. [`Error::Program`] if the
    /// server does not start.
    pub fn restart(&mut self) -> Result<(), Error> {
        let data = self.directory.data();
        std::fs::metadata(&data).map_err(Error::file("find", &data))?;
        self.bring_up()
    }

    /// Stops the server and closes its connections; committed data are on the disk. Does nothing if the server has ended.
    pub fn stop(mut self) -> Result<(), Error> {
        self.shut_down()
    }

    pub(crate) fn bring_up(&mut self) -> Result<(), Error> {
        let options = self.options.clone();
        if !self.directory.data().is_dir() {
            self.initialize(options.durability)?;
        }
        if let Some(socket_folder) = find_running(&self.directory, || self.has_process()) {
            self.socket_folder = socket_folder;
            let is_other = !std::mem::replace(&mut self.running, true);
            let archive = self.query(MAINTENANCE_DATABASE, ARCHIVE_QUERY)?;
            if !is_other || is_archiving_to(&archive, options.archive.as_deref()) {
                self.adopted = true;
                self.write_access_rules()?;
                return self.query(MAINTENANCE_DATABASE, "SELECT pg_reload_conf()").map(drop);
            }
            // PostgreSQL turns the archive on and off at a start only.
            self.shut_down()?;
        }
        // A restart keeps the folder, because clients use its path.
        if !self.socket_folder.is_dir() {
            self.socket_folder = self.directory.socket_folder(self.user.as_ref())?;
        }
        let mut options = options;
        if options.durability == Durability::Durable && self.has_lz4() {
            // As the first setting, so that the caller's settings override it.
            options.settings.insert(0, ("wal_compression".into(), "lz4".into()));
        }
        self.write_access_rules()?;
        let settings = options.file(&self.socket_folder, &self.directory.log());
        self.write(REPLACE, &self.directory.in_data(SETTINGS_FILE), &settings)?;
        let mut start = self.command("pg_ctl");
        start.args(["start", "--silent", "--wait", "--timeout"]);
        start.args([START_SECONDS, "--log=log/start.log", "--pgdata", self.directory.data_name]);
        let started = run(start.envs(MALLOC_SETTINGS));
        if let Err(error) = started {
            return Err(self.with_log(error));
        }
        self.running = true;
        Ok(())
    }

    /// Whether this PostgreSQL was built with LZ4.
    fn has_lz4(&self) -> bool {
        let asked = ["-D", self.directory.data_name, "-C", "wal_compression", "-c", "wal_compression=lz4"];
        run(self.command("postgres").args(asked)).is_ok()
    }

    /// Creates the data under a temporary name, so that an interrupted attempt is never used.
    fn initialize(&self, durability: Durability) -> Result<(), Error> {
        self.directory.check_no_restore()?;
        let attempts: &[&[&str]] = if self.binaries.version() >= 17 {
            // PostgreSQL's own Unicode rules: the same on every system.
            &[&["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]]
        } else {
            &[&["--locale=C.UTF-8"], &["--locale=C", "--lc-ctype=en_US.UTF-8"], &["--locale=C"]]
        };
        let mut result = Ok(());
        for locale in attempts {
            run(command(Path::new("/bin/rm"), self.user.as_ref(), &self.directory.home)
                .args(["-rf", "data.new"]))?;
            let mut initdb = self.command("initdb");
            initdb.args(["--pgdata=data.new", "--encoding=UTF8", "--auth=reject", "--no-instructions"]);
            initdb.arg(format!("--username={SUPERUSER}")).args(*locale);
            initdb.arg(match durability {
                Durability::Durable => "--data-checksums",
                Durability::Disposable => "--no-sync",
            });
            result = run(&mut initdb).map(drop);
            if result.is_ok() {
                break;
            }
        }
        result?;
        let include = "\n# Stockhold's settings. The lines after this one override them.\n\
                       include_if_exists = 'stockhold.conf'\n";
        self.write("cat >>\"$0\"", "data.new/postgresql.conf", include)?;
        let data = self.directory.data();
        std::fs::rename(self.directory.home.join("data.new"), &data).map_err(Error::file("complete", &data))
    }

    /// Writes the access rules, also over those of an older version.
    fn write_access_rules(&self) -> Result<(), Error> {
        let owner = self.user.as_ref().map_or_else(effective_uid, |user| user.uid);
        let mut users: Vec<_> =
            [0, owner].into_iter().filter_map(user_with_id).map(|user| user.name).collect();
        users.dedup();
        self.write(REPLACE, &self.directory.in_data("pg_hba.conf"), &hba_file())?;
        self.write(REPLACE, &self.directory.in_data("pg_ident.conf"), &ident_file(&users))
    }

    pub(crate) fn has_process(&self) -> bool {
        run(self.command("pg_ctl").args(["status", "--pgdata", self.directory.data_name])).is_ok()
    }

    pub(crate) fn shut_down(&mut self) -> Result<(), Error> {
        if !std::mem::take(&mut self.running) {
            return Ok(());
        }
        // pg_ctl fails for a server that has ended, for example by SIGKILL or a full disk. A killed process may still have its
        // process id.
        if UnixStream::connect(self.socket()).is_err() {
            return Ok(());
        }
        let mut stop = self.command("pg_ctl");
        stop.args(["stop", "--silent", "--wait", "--mode=fast", "--timeout", STOP_SECONDS]);
        stop.args(["--pgdata", self.directory.data_name]);
        // In its own process group, so that a second Ctrl-C does not interrupt it.
        let stopped = run(stop.process_group(0)).map(drop);
        if !self.socket_folder.starts_with(&self.directory.home) {
            let _ = std::fs::remove_dir_all(&self.socket_folder);
        }
        stopped
    }

    /// A command that runs a PostgreSQL program as the right user in the home. Relative paths need no quoting when pg_ctl
    /// passes them to a shell.
    pub(crate) fn command(&self, program: &str) -> Command {
        command(&self.binaries.program(program), self.user.as_ref(), &self.directory.home)
    }

    /// Writes `text` to a file at `path` with a shell script that runs as the owner of the files: root must not follow
    /// links that the user may have created in its folder.
    fn write(&self, script: &str, path: &str, text: &str) -> Result<(), Error> {
        let failed = || Error::file("write", self.directory.home.join(path));
        let mut child = command(Path::new("/bin/sh"), self.user.as_ref(), &self.directory.home)
            .args(["-c", script, path])
            .stdin(Stdio::piped())
            .spawn()
            .map_err(failed())?;
        if let Some(mut input) = child.stdin.take() {
            input.write_all(text.as_bytes()).map_err(failed())?;
        }
        let status = child.wait().map_err(failed())?;
        if status.success() { Ok(()) } else { Err(failed()(std::io::Error::other(status.to_string()))) }
    }

    /// Adds the end of the newest log file to the error of a failed start.
    pub(crate) fn with_log(&self, error: Error) -> Error {
        let Error::Program { program, status, mut output } = error else { return error };
        let logs = std::fs::read_dir(self.directory.log()).into_iter().flatten().flatten();
        let newest = logs.max_by_key(|entry| entry.metadata().and_then(|data| data.modified()).ok());
        if let Some(text) = newest.and_then(|entry| std::fs::read_to_string(entry.path()).ok()) {
            let lines: Vec<&str> = text.lines().collect();
            for line in &lines[lines.len().saturating_sub(20)..] {
                output.push('\n');
                output.push_str(line);
            }
        }
        Error::Program { program, status, output }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Err(error) = self.shut_down() {
            // `drop` can't return an error, and a server that is still running must be reported.
            let _ = writeln!(std::io::stderr(), "the private PostgreSQL did not stop: {error}");
        }
    }
}

/// Returns the socket's folder of a server that already runs on these data. `has_process` returns whether a server
/// without a response may still be starting or stopping.
pub(crate) fn find_running(directory: &Directory, has_process: impl Fn() -> bool) -> Option<PathBuf> {
    let deadline = Instant::now() + Duration::from_secs(600);
    let gone_by = Instant::now() + Duration::from_secs(10);
    loop {
        // Line 5 of the file has the socket's folder.
        let pid_file = std::fs::read_to_string(directory.data().join("postmaster.pid")).ok()?;
        let folder = PathBuf::from(pid_file.lines().nth(4)?);
        let socket = folder.join(SOCKET_NAME);
        let answer = Session::connect(&socket, SUPERUSER, MAINTENANCE_DATABASE)
            .and_then(|mut session| session.query("SHOW data_directory"));
        match answer {
            Ok(rows) => {
                let theirs = rows.into_iter().flatten().flatten().next().map(PathBuf::from);
                return (theirs == Some(directory.data())).then_some(folder);
            }
            // The server is starting or stopping.
            Err(Error::Statement { code, .. }) if code == "57P03" && Instant::now() < deadline => {}
            // Nothing listens: the file is left from a crash, or the server is about to end.
            Err(_) if Instant::now() < gone_by && has_process() => {}
            Err(_) => return None,
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// The URL of a database, by the folder of the socket.
fn url(socket_folder: &Path, database: &str) -> String {
    format!(
        "postgres://{SUPERUSER}@{}:5432/{}?sslmode=disable",
        percent_encode(&socket_folder.to_string_lossy()),
        percent_encode(database)
    )
}

fn percent_encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::percent_encode;

    #[test]
    fn a_path_survives_in_a_url() {
        assert_eq!(percent_encode("/tmp/a b%é"), "%2Ftmp%2Fa%20b%25%C3%A9");
    }
}
