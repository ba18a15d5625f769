//! Runs PostgreSQL's programs: user, environment and errors.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output};

use crate::error::Error;
use crate::system::{User, effective_uid, user_named};

/// Users that replace root, in order of preference.
const UNPRIVILEGED: [&str; 2] = ["postgres", "nobody"];

/// The user that PostgreSQL runs as; `None` for the user of this process.
pub(crate) fn server_user() -> Result<Option<User>, Error> {
    if effective_uid() != 0 {
        return Ok(None);
    }
    UNPRIVILEGED
        .iter()
        .filter_map(|name| user_named(name))
        .find(|user| user.uid != 0)
        .map(Some)
        .ok_or(Error::NoUser)
}

/// A command that runs in `directory` as `user`, without the caller's PostgreSQL variables and locale.
pub(crate) fn command(program: &Path, user: Option<&User>, directory: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(directory);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PG") {
            command.env_remove(name);
        }
    }
    // Messages are parsed in English. macOS also needs a locale to start a server.
    command.env("LC_ALL", "C").stdin(std::process::Stdio::null());
    if let Some(user) = user {
        command.uid(user.uid).gid(user.gid).env("HOME", "/").env("USER", &user.name);
    }
    command
}

/// Runs a command to its end and returns its output.
///
/// # Errors
/// [`Error::Program`] with the output, unless the command succeeds.
pub(crate) fn run(command: &mut Command) -> Result<String, Error> {
    let program = command.get_program().to_string_lossy().into_owned();
    match command.output() {
        Ok(output) if output.status.success() => Ok(text_of(&output)),
        Ok(output) => {
            Err(Error::Program { program, status: output.status.to_string(), output: text_of(&output) })
        }
        Err(error) => {
            Err(Error::Program { program, status: "it did not start".into(), output: error.to_string() })
        }
    }
}

/// Returns whether `user` can enter `directory`. It is tried, because permission bits are not the only criterion.
pub(crate) fn can_enter(user: &User, directory: &Path) -> bool {
    // The child process changes its user first, then its directory. It does not start if that fails.
    command(Path::new("/bin/sh"), Some(user), directory)
        .args(["-c", ":"])
        .status()
        .is_ok_and(|status| status.success())
}

fn text_of(output: &Output) -> String {
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_has_the_output_of_the_program() {
        let mut shell = command(Path::new("/bin/sh"), None, Path::new("/"));
        let error = run(shell.args(["-c", "echo no space >&2; exit 3"])).expect_err("exits with 3");
        assert!(matches!(error, Error::Program { output, .. } if output == "no space"));
    }

    #[test]
    fn a_missing_program_is_an_error() {
        let error = run(&mut command(Path::new("/no/such/program"), None, Path::new("/")));
        assert!(matches!(error, Err(Error::Program { .. })));
    }

    #[test]
    fn an_unprivileged_user_cannot_enter_a_closed_folder() {
        let Ok(Some(user)) = server_user() else { return };
        let folder = std::env::temp_dir().join(format!("stockhold-enter-{}", std::process::id()));
        std::fs::create_dir(&folder).expect("a new folder");
        std::fs::set_permissions(&folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))
            .expect("its permissions");
        assert!(!can_enter(&user, &folder));
        assert!(can_enter(&user, Path::new("/")));
        std::fs::remove_dir(&folder).expect("removed");
    }
}
