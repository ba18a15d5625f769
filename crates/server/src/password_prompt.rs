//! The prompt for a password. The terminal does not show what is typed.

use anyhow::{Context as _, Result, bail};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use std::io::{BufRead as _, IsTerminal as _, Stdin, Write as _};

/// Reads a new password: twice from a terminal, or the first line of another standard input.
///
/// # Errors
/// The input ends early, or the two passwords differ.
pub(crate) fn read_new_password() -> Result<String> {
    let input = std::io::stdin();
    if !input.is_terminal() {
        return read_line(&input);
    }
    let password = prompt(&input, "Password: ")?;
    if prompt(&input, "Password again: ")? != password {
        bail!("the two passwords differ");
    }
    Ok(password)
}

fn prompt(input: &Stdin, text: &str) -> Result<String> {
    let mut output = std::io::stderr();
    write!(output, "{text}").and_then(|()| output.flush()).context("the terminal can't be written")?;
    let hidden = HiddenInput::start(input)?;
    let line = read_line(input);
    drop(hidden);
    let _ = writeln!(output);
    line
}

fn read_line(input: &Stdin) -> Result<String> {
    let mut line = String::new();
    if input.lock().read_line(&mut line).context("the password can't be read")? == 0 {
        bail!("the standard input has no password");
    }
    let line = line.strip_suffix('\n').unwrap_or(&line);
    Ok(line.strip_suffix('\r').unwrap_or(line).to_owned())
}

/// A terminal that does not show the input, until this value is dropped.
struct HiddenInput<'a> {
    input: &'a Stdin,
    before: Termios,
}

impl<'a> HiddenInput<'a> {
    fn start(input: &'a Stdin) -> Result<Self> {
        let before = tcgetattr(input).context("the terminal's settings can't be read")?;
        let mut hidden = before.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        tcsetattr(input, OptionalActions::Flush, &hidden)
            .context("the terminal's settings can't be changed")?;
        Ok(Self { input, before })
    }
}

impl Drop for HiddenInput<'_> {
    fn drop(&mut self) {
        let _ = tcsetattr(self.input, OptionalActions::Now, &self.before);
    }
}
