//! Running programs, and staying alive until they have ended.
//!
//! xtask owns databases and servers that must be stopped in order. So it doesn't die of Ctrl-C: the terminal
//! sends that to the programs that it runs too, they end, and xtask tidies up behind them. A signal that was
//! meant for xtask alone is handed on.
#![allow(unsafe_code)]

use std::io::IsTerminal;
use std::process::{Child, Command, ExitStatus};
use std::sync::atomic::{AtomicI32, Ordering};

use anyhow::{Context, Result, bail};

/// The signal that arrived, or zero.
static SIGNAL: AtomicI32 = AtomicI32::new(0);

/// The programs that are waited for; zero in the places that are free.
static CHILDREN: [AtomicI32; 8] = [const { AtomicI32::new(0) }; 8];

/// Not zero where SIGINT reaches us alone, and the children hence have to be told of it.
static ALONE: AtomicI32 = AtomicI32::new(0);

extern "C" fn on_signal(signal: libc::c_int) {
    SIGNAL.store(signal, Ordering::SeqCst);
    for child in &CHILDREN {
        hand_on(signal, child.load(Ordering::SeqCst));
    }
}

/// Tells a child of a signal that reached us alone.
fn hand_on(signal: libc::c_int, child: libc::pid_t) {
    let shared = signal == libc::SIGINT && ALONE.load(Ordering::SeqCst) == 0;
    if signal != 0 && child > 0 && !shared {
        // SAFETY: `kill` may be called in a signal handler, and the child has not been waited for yet.
        unsafe { libc::kill(child, signal) };
    }
}

/// Takes over SIGINT and SIGTERM; call it once, first.
pub fn watch_signals() {
    // Without a terminal nobody else sends our child the SIGINT that we get.
    let terminal = std::io::stdin().is_terminal() || std::io::stderr().is_terminal();
    ALONE.store(i32::from(!terminal), Ordering::SeqCst);
    // SAFETY: an all-zero `sigaction` is valid, and the handler calls only what a handler may.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = on_signal as extern "C" fn(libc::c_int) as libc::sighandler_t;
        action.sa_flags = libc::SA_RESTART;
        libc::sigemptyset(&mut action.sa_mask);
        for signal in [libc::SIGINT, libc::SIGTERM] {
            libc::sigaction(signal, &action, std::ptr::null_mut());
        }
    }
}

/// Whether somebody asked us to stop.
pub fn interrupted() -> bool {
    SIGNAL.load(Ordering::SeqCst) != 0
}

/// An error once somebody has asked us to stop: for the gaps between programs.
pub fn check_interrupted() -> Result<()> {
    if interrupted() { bail!("interrupted") } else { Ok(()) }
}

/// Asks a program to end in good order.
pub fn terminate(child: &Child) {
    if let Ok(pid) = i32::try_from(child.id()) {
        // SAFETY: plain system call; the child has not been waited for, so the number is still its own.
        unsafe { libc::kill(pid, libc::SIGTERM) };
    }
}

/// Whether this process is root.
pub fn is_root() -> bool {
    // SAFETY: takes no arguments, touches no memory, can't fail.
    unsafe { libc::geteuid() == 0 }
}

/// Runs a program that must succeed, its output hidden behind a step; a failure tells all that it said.
pub fn run_hidden(command: &mut Command) -> Result<()> {
    output(command).map(drop)
}

/// Runs a program to its end in the foreground.
pub fn status(command: &mut Command) -> Result<ExitStatus> {
    check_interrupted()?;
    let mut child = command.spawn().with_context(|| format!("could not start {}", describe(command)))?;
    let status = wait(&mut child)?;
    check_interrupted()?;
    Ok(status)
}

/// Waits for a program's end, handing on the signals that reach us alone.
pub fn wait(child: &mut Child) -> Result<ExitStatus> {
    let pid = i32::try_from(child.id()).unwrap_or(0);
    let free =
        |place: &&AtomicI32| place.compare_exchange(0, pid, Ordering::SeqCst, Ordering::SeqCst).is_ok();
    let place = CHILDREN.iter().find(free);
    // One that came between the child's start and the line above.
    hand_on(SIGNAL.load(Ordering::SeqCst), pid);
    let status = child.wait();
    if let Some(place) = place {
        place.store(0, Ordering::SeqCst);
    }
    status.context("could not wait for a program")
}

/// Runs a program that must succeed.
pub fn run(command: &mut Command) -> Result<()> {
    let status = status(command)?;
    if status.success() { Ok(()) } else { bail!("{} failed ({status})", describe(command)) }
}

/// Runs a program that must succeed, silently; returns what it printed, or fails with all that it said.
pub fn output(command: &mut Command) -> Result<String> {
    check_interrupted()?;
    let output = command.output().with_context(|| format!("could not start {}", describe(command)))?;
    check_interrupted()?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{} failed ({}):\n{printed}{said}", describe(command), output.status);
    }
    Ok(printed)
}

/// A command as one would type it.
pub fn describe(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
