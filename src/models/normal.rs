//! From a z-score to a score.

/// 10 · Φ(z): a z-score as a score of 0 to 10, Φ being the standard normal distribution function.
#[must_use]
pub fn score_of_z(z: f64) -> f64 {
    5.0 * libm::erfc(-z / std::f64::consts::SQRT_2)
}
