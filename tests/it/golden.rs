//! Every number against values computed independently: numpy, scipy and TA-Lib on the sample prices (the
//! composite without its relative pillar, as those prices hold no benchmark).

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use screener::ask::Criteria;
use screener::ask::Screen;
use screener::ask::columns::Column;
use screener::ask::layouts::momentum_columns;
use screener::compare::momentum::Momentum;
use screener::compare::row::Row;
use screener::measure::calendar::SESSIONS;
use screener::measure::fields::Field;
use screener::models::{Model, clenow, composite, six_one, twelve_one};
use screener::provider::sample;
use screener::universe::Symbol;

const GOLDEN: &str = include_str!("../fixtures/golden.csv");

/// The golden file: values by day, symbol and field.
pub(crate) fn golden() -> BTreeMap<(NaiveDate, String), BTreeMap<String, f64>> {
    let mut values: BTreeMap<_, BTreeMap<String, f64>> = BTreeMap::new();
    for record in csv::Reader::from_reader(GOLDEN.as_bytes()).records() {
        let record = record.expect("the golden file is CSV");
        let day = record[0].parse().expect("a date");
        let value = record[4].parse().expect("a number");
        values.entry((day, record[1].into())).or_default().insert(record[3].into(), value);
    }
    values
}

fn scored(symbol: &str, day: NaiveDate, model: Model) -> Row {
    let symbol = Symbol::parse(symbol).expect("a ticker");
    let bars =
        sample().expect("the sample is sound").get(&symbol).expect("it is there").into_owned();
    let criteria = Criteria::Momentum(Momentum { model, benchmark: None });
    let screen = Screen::new(criteria);
    let row = screen.measure(&symbol, &bars.window(day, SESSIONS, false));
    screen.rank(vec![row], None).expect("one row can be ranked").shown.remove(0).1
}

pub(crate) fn agree(ours: f64, theirs: f64) -> bool {
    (ours - theirs).abs() <= 1e-9 * theirs.abs().max(1e-12)
}

#[test]
fn every_golden_value() {
    let mut compared = 0;
    for ((day, symbol), fields) in golden() {
        let row = scored(&symbol, day, composite::MODEL);
        for (name, theirs) in fields {
            let field = Field::find(&name);
            let field = field.unwrap_or_else(|| panic!("no field is called {name}"));
            let ours = row.get(field).unwrap_or_else(|| panic!("{symbol} {day} has no {name}"));
            assert!(agree(ours, theirs), "{symbol} {day} {name}: {ours}, not {theirs}");
            compared += 1;
        }
    }
    assert_eq!(compared, 594);
}

#[test]
fn what_golden_leaves_out_is_undefined() {
    for ((day, symbol), fields) in golden() {
        let row = scored(&symbol, day, composite::MODEL);
        let known: BTreeSet<String> =
            golden().into_values().flat_map(BTreeMap::into_keys).collect();
        let given = |field: &&Field| known.contains(field.name());
        let columns = momentum_columns().into_iter();
        let fields_of_a_row: Vec<Field> =
            columns.filter_map(|column| Column::field(&column)).collect();
        for field in fields_of_a_row.iter().filter(given) {
            assert_eq!(
                row.get(*field).is_some(),
                fields.contains_key(field.name()),
                "{symbol} {day} {}",
                field.name()
            );
        }
    }
}

#[test]
fn each_model_ranks_by_its_own_value() {
    let models = [
        (composite::MODEL, "composite_z"),
        (twelve_one::MODEL, "return_12_1"),
        (six_one::MODEL, "return_6_1"),
        (clenow::MODEL, "clenow"),
    ];
    for ((day, symbol), fields) in golden() {
        for (model, field) in models {
            let raw = scored(&symbol, day, model).get(Field::Raw);
            match (raw, fields.get(field)) {
                (Some(ours), Some(theirs)) => {
                    assert!(agree(ours, *theirs), "{symbol} {day} {field}");
                }
                (ours, theirs) => assert_eq!(ours, theirs.copied(), "{symbol} {day} {field}"),
            }
        }
    }
}
