//! What is judged: one of the models, or a score of one's own.

use std::fmt;

use crate::bars::Bars;
use crate::models::Model;

/// A score of one's own from the bars known at the close of a session. `None`: it has none there.
pub type WindowScore = dyn Fn(&Bars) -> Option<f64> + Send + Sync;
/// The same from the whole series and the number of bars that are known; nothing keeps it from looking at the others but
/// [`check_lookahead`](super::check_lookahead).
pub type SeriesScore = dyn Fn(&Bars, usize) -> Option<f64> + Send + Sync;

/// How a score is worked out.
pub(super) enum Kind {
    Model(Model),
    Window(Box<WindowScore>),
    Series(Box<SeriesScore>),
}

/// A score by which symbols are ordered, the greatest first.
pub struct Score {
    name: String,
    pub(super) kind: Kind,
}

impl Score {
    /// One of the models, by its raw value: what `top` ranks by.
    #[must_use]
    pub fn model(model: Model) -> Self {
        Self { name: model.name.into(), kind: Kind::Model(model) }
    }

    /// One's own, of the bars up to a session: at most 300 of them, as the models get.
    #[must_use]
    pub fn own(name: &str, score: impl Fn(&Bars) -> Option<f64> + Send + Sync + 'static) -> Self {
        Self { name: name.into(), kind: Kind::Window(Box::new(score)) }
    }

    /// One's own, of the whole series and how many bars of it are known: faster, for nothing is copied.
    #[must_use]
    pub fn of_series(
        name: &str,
        score: impl Fn(&Bars, usize) -> Option<f64> + Send + Sync + 'static,
    ) -> Self {
        Self { name: name.into(), kind: Kind::Series(Box::new(score)) }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The model that it is. `None`: it is one's own.
    #[must_use]
    pub fn as_model(&self) -> Option<Model> {
        match self.kind {
            Kind::Model(model) => Some(model),
            Kind::Window(_) | Kind::Series(_) => None,
        }
    }
}

impl fmt::Debug for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Score").field("name", &self.name).finish_non_exhaustive()
    }
}
