//! How far a long search is, for a person at a terminal: nothing in a pipe, in CI and in a hook, nothing for half a
//! second, and nothing of it stays.

use std::io::IsTerminal;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::interrupt;

/// What takes no longer than this is not worth a word.
const PATIENCE: Duration = Duration::from_millis(500);
/// How often it is drawn.
const PAUSE: Duration = Duration::from_millis(100);

/// What is drawn now, for the case that a signal ends the process.
static SHOWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// Shown until it is dropped.
#[derive(Debug)]
pub(super) struct Progress {
    shown: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Tells what is being done, if that goes on.
    pub(super) fn of(what: &'static str) -> Self {
        if !is_watched() {
            return Self { shown: None };
        }
        let (sender, receiver) = channel::<()>();
        let thread = std::thread::spawn(move || {
            if receiver.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            interrupt::handle();
            show(what);
            while receiver.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout) {
                draw();
            }
            clear();
        });
        Self { shown: Some((sender, thread)) }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((sender, thread)) = self.shown.take() {
            drop(sender);
            // It has nothing to say of how it ended.
            let _ = thread.join();
        }
    }
}

/// Whether somebody sees standard error as it comes. Hooks and CI may well give a terminal, and keep what is written.
fn is_watched() -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    std::io::stderr().is_terminal()
        && !["CI", "PRE_COMMIT"].into_iter().any(is_set)
        && std::env::var_os("TERM").is_some_and(|term| !term.is_empty() && term != "dumb")
}

fn show(what: &'static str) {
    // What `set_message` would draw, nobody could take away yet.
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()).with_message(what);
    // Neither colours nor characters that a terminal may lack.
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
        bar.set_style(style.tick_chars("|/-\\ "));
    }
    *SHOWN.lock().unwrap_or_else(PoisonError::into_inner) = Some(bar);
    draw();
}

/// Draws it, unless it was taken away. Who takes it away waits until it is drawn.
fn draw() {
    if let Some(bar) = SHOWN.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
        bar.tick();
    }
}

/// Takes away what is drawn.
pub(super) fn clear() {
    if let Some(bar) = SHOWN.lock().unwrap_or_else(PoisonError::into_inner).take() {
        bar.finish_and_clear();
    }
}
