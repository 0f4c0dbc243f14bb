//! The progress bar on standard error.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::pipeline::{Event, Observer};

/// A run that takes longer than this, in seconds, is told before it begins.
const LONG: f64 = 10.0;

/// An observer that draws, or one that does not.
pub(in crate::cli) struct Progress {
    bar: ProgressBar,
    visible: bool,
    ok: AtomicUsize,
    failed: AtomicUsize,
    /// Of all these, how many needed no request.
    cached: AtomicUsize,
    /// Whether a long run is told beforehand.
    tells: bool,
}

impl Progress {
    pub(in crate::cli) fn new(visible: bool, tells: bool) -> Self {
        let target =
            if visible { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        let style = "{bar:24.cyan/dim} {pos}/{len} · {per_sec} · {msg} · {eta} left";
        if let Ok(style) = ProgressStyle::with_template(style) {
            let style = style.progress_chars("━╸─");
            bar.set_style(style.with_key(
                "per_sec",
                |state: &indicatif::ProgressState, out: &mut dyn std::fmt::Write| {
                    // A bar that cannot be drawn is no reason to fail.
                    let _ = write!(out, "{:.0}/s", state.per_sec());
                },
            ));
        }
        Self {
            bar,
            visible,
            ok: AtomicUsize::new(0),
            failed: AtomicUsize::new(0),
            cached: AtomicUsize::new(0),
            tells,
        }
    }

    /// Tells a line beside the bar, from any thread.
    pub(in crate::cli) fn teller(&self) -> impl Fn(&str) + Send + Sync + 'static {
        let bar = self.bar.clone();
        move |what| bar.suspend(|| crate::cli::tell(what))
    }

    /// Takes the bar off the screen.
    pub(in crate::cli) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    /// How many tickers are done, of how many.
    pub(in crate::cli) fn so_far(&self) -> (usize, u64) {
        let done = self.ok.load(Ordering::Relaxed) + self.failed.load(Ordering::Relaxed);
        (done, self.bar.length().unwrap_or_default())
    }
}

impl Observer for Progress {
    fn on(&self, event: Event<'_>) {
        match event {
            Event::Planned(total) => {
                self.bar.set_length(total as u64);
                if self.visible {
                    self.bar.enable_steady_tick(Duration::from_millis(200));
                }
            }
            Event::Forecast(forecast) => {
                self.cached.store(forecast.at_hand, Ordering::Relaxed);
                if self.tells && forecast.seconds() > LONG {
                    self.bar.suspend(|| crate::cli::tell(&forecast.to_string()));
                }
            }
            Event::Done { row, .. } => {
                let ok = row.is_ok();
                let counter = if ok { &self.ok } else { &self.failed };
                counter.fetch_add(1, Ordering::Relaxed);
                self.bar.set_message(format!(
                    "{} ok, {} failed, {} cached",
                    self.ok.load(Ordering::Relaxed),
                    self.failed.load(Ordering::Relaxed),
                    self.cached.load(Ordering::Relaxed)
                ));
                self.bar.inc(1);
            }
        }
    }
}
