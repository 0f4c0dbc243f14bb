//! The progress bar on standard error.

use std::fmt::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::messages::Messages;
use crate::pipeline::{Event, Observer};

/// A run that takes longer than this, in seconds, is announced before it begins.
const LONG_RUN: f64 = 10.0;
/// How often the bar is drawn again while nothing happens.
const TICK: Duration = Duration::from_millis(200);
const TEMPLATE: &str = "{bar:24.cyan/dim} {pos}/{len} · {per_sec} · {msg} · {eta} left";

/// An observer that draws, or one that does not.
pub(crate) struct Progress {
    bar: ProgressBar,
    is_visible: bool,
    messages: Messages,
    /// Whether a long run is announced.
    announces: bool,
    ok: AtomicUsize,
    failed: AtomicUsize,
    /// Of all these, how many needed no request.
    cached: AtomicUsize,
}

impl Progress {
    pub(crate) fn new(is_visible: bool, announces: bool, messages: &Messages) -> Self {
        let target =
            if is_visible { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(style.progress_chars("━╸─").with_key("per_sec", write_speed));
        }
        Self {
            messages: messages.above(bar.clone()),
            bar,
            is_visible,
            announces,
            ok: AtomicUsize::new(0),
            failed: AtomicUsize::new(0),
            cached: AtomicUsize::new(0),
        }
    }

    /// Messages that are printed above the bar.
    pub(crate) fn messages(&self) -> &Messages {
        &self.messages
    }

    /// Takes the bar off the screen.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    /// `30 of 503 done`.
    pub(crate) fn so_far(&self) -> String {
        let done = self.ok.load(Ordering::Relaxed) + self.failed.load(Ordering::Relaxed);
        format!("{done} of {} done", self.bar.length().unwrap_or_default())
    }

    fn count(&self, is_ok: bool) {
        let counter = if is_ok { &self.ok } else { &self.failed };
        counter.fetch_add(1, Ordering::Relaxed);
        let ok = self.ok.load(Ordering::Relaxed);
        let failed = self.failed.load(Ordering::Relaxed);
        let cached = self.cached.load(Ordering::Relaxed);
        self.bar.set_message(format!("{ok} ok, {failed} failed, {cached} cached"));
        self.bar.inc(1);
    }
}

fn write_speed(state: &ProgressState, out: &mut dyn Write) {
    // A bar that cannot be drawn is no reason to fail.
    let _ = write!(out, "{:.0}/s", state.per_sec());
}

impl<T> Observer<T> for Progress {
    fn on(&self, event: Event<'_, T>) {
        match event {
            Event::Planned(total) => {
                self.bar.set_length(total as u64);
                if self.is_visible {
                    self.bar.enable_steady_tick(TICK);
                }
            }
            Event::Forecast(forecast) => {
                self.cached.store(forecast.at_hand, Ordering::Relaxed);
                if self.announces && forecast.seconds() > LONG_RUN {
                    self.messages.note(&forecast.to_string());
                }
            }
            Event::Done { outcome, .. } => self.count(outcome.is_ok()),
        }
    }
}
