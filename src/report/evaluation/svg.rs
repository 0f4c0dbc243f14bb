//! Drawings of a page: bars and lines, as plain SVG without a script.

use std::fmt::Write;

use crate::report::html::escaped;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 180.0;
/// Room for the numbers at the right and the names below.
const RIGHT: f64 = 74.0;
const BELOW: f64 = 24.0;
/// Names below that do not run into each other.
const MAX_NAMES: usize = 12;

/// A line: its name, its colour, its numbers.
pub(super) struct Line<'a> {
    pub(super) name: &'a str,
    pub(super) color: &'a str,
    pub(super) values: &'a [f64],
}

/// The numbers that a drawing has room for, and where they stand.
struct Scale {
    low: f64,
    high: f64,
}

impl Scale {
    /// Room for numbers and for a base line.
    fn of(values: impl Iterator<Item = f64>, base: f64) -> Self {
        let (mut low, mut high) = (base, base);
        for value in values.filter(|value| value.is_finite()) {
            low = low.min(value);
            high = high.max(value);
        }
        if low < high { Self { low, high } } else { Self { low, high: low + 1.0 } }
    }

    fn y(&self, value: f64) -> f64 {
        HEIGHT * (self.high - value) / (self.high - self.low)
    }

    /// The lowest and the highest number with their lines.
    fn draw(&self, base: f64, shown: impl Fn(f64) -> String) -> String {
        let mut svg = String::new();
        let mut places = vec![self.low, self.high];
        let far = (self.high - self.low) / 8.0;
        if base - self.low > far && self.high - base > far {
            places.push(base);
        }
        for value in places {
            let y = self.y(value);
            let text = escaped(&shown(value));
            let (x, below) = (WIDTH + 6.0, y + 4.0);
            svg += &format!(
                "<line x1=\"0\" x2=\"{WIDTH}\" y1=\"{y:.1}\" y2=\"{y:.1}\" class=\"grid\"/>"
            );
            svg += &format!("<text x=\"{x}\" y=\"{below:.1}\">{text}</text>");
        }
        svg
    }
}

fn drawing(label: &str, inner: &str) -> String {
    let (width, height) = (WIDTH + RIGHT + 8.0, HEIGHT + BELOW + 16.0);
    let label = escaped(label);
    format!(
        "<svg viewBox=\"-4 -12 {width} {height}\" role=\"img\" aria-label=\"{label}\">{inner}</svg>"
    )
}

/// Bars up and down from zero, with a name below each; of many names not all are written.
#[expect(clippy::cast_precision_loss, reason = "counts of bars")]
pub(super) fn bars(
    label: &str,
    bars: &[(String, Option<f64>)],
    shown: impl Fn(f64) -> String,
) -> String {
    let scale = Scale::of(bars.iter().filter_map(|(_, value)| *value), 0.0);
    let mut inner = scale.draw(0.0, &shown);
    let step = WIDTH / bars.len().max(1) as f64;
    let nth = bars.len().div_ceil(MAX_NAMES).max(1);
    for (place, (name, value)) in bars.iter().enumerate() {
        let (name, x) = (escaped(name), place as f64 * step);
        if let Some(value) = value.filter(|value| value.is_finite()) {
            let (top, bottom) = (scale.y(value.max(0.0)), scale.y(value.min(0.0)));
            let class = if value < 0.0 { "down" } else { "up" };
            let title = escaped(&shown(value));
            let (x, width, height) = (x + 0.12 * step, 0.76 * step, bottom - top);
            // Writing to a string does not fail.
            let _ = write!(
                inner,
                "<rect x=\"{x:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" class=\"{class}\">\
                 <title>{name}: {title}</title></rect>"
            );
        }
        if place % nth == 0 {
            let (x, y) = (x + step / 2.0, HEIGHT + BELOW - 6.0);
            let _ = write!(inner, "<text x=\"{x:.1}\" y=\"{y}\" class=\"mid\">{name}</text>");
        }
    }
    drawing(label, &inner)
}

/// Lines over dates; `base` is drawn where there is room.
#[expect(clippy::cast_precision_loss, reason = "counts of dates")]
pub(super) fn lines(
    label: &str,
    ends: (&str, &str),
    base: f64,
    lines: &[Line<'_>],
    shown: impl Fn(f64) -> String,
) -> String {
    let scale = Scale::of(lines.iter().flat_map(|line| line.values.iter().copied()), base);
    let mut inner = scale.draw(base, &shown);
    let mut name_at = 0.0;
    for Line { name, color, values } in lines {
        let last = values.len().saturating_sub(1).max(1) as f64;
        let mut path = String::new();
        for (place, value) in values.iter().enumerate().filter(|(_, value)| value.is_finite()) {
            let (x, y) = (place as f64 / last * WIDTH, scale.y(*value));
            let pen = if path.is_empty() { 'M' } else { 'L' };
            let _ = write!(path, "{pen}{x:.1} {y:.1}");
        }
        let name = escaped(name);
        let _ = write!(
            inner,
            "<path d=\"{path}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"1.6\"/>\
             <text x=\"{name_at}\" y=\"-3\" style=\"fill:{color}\">{name}</text>"
        );
        name_at += 70.0;
    }
    let y = HEIGHT + BELOW - 6.0;
    let (first, last) = (escaped(ends.0), escaped(ends.1));
    let _ = write!(inner, "<text x=\"0\" y=\"{y}\">{first}</text>");
    let _ = write!(inner, "<text x=\"{WIDTH}\" y=\"{y}\" class=\"end\">{last}</text>");
    drawing(label, &inner)
}
