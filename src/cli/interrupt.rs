//! Ctrl-C and SIGTERM: what is being written is finished, the terminal is left as it was, and the process ends by the
//! signal, so that whoever started it sees that it was ended: a shell says 130 or 143.

use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use super::progress;

/// Held while files are put in their places.
static WRITING: Mutex<()> = Mutex::new(());
static HANDLED: Once = Once::new();

/// From here on until the value is dropped, a signal waits.
pub(super) fn hold() -> MutexGuard<'static, ()> {
    WRITING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Handles the signals from now on. Where that cannot be done they do what they did.
pub(super) fn handle() {
    HANDLED.call_once(|| {
        let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else { return };
        std::thread::spawn(move || {
            if let Some(signal) = signals.forever().next() {
                let _whole = hold();
                progress::clear();
                let _ = emulate_default_handler(signal);
            }
        });
    });
}
