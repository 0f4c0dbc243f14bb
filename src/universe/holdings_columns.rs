//! What brokers call their columns, and what stands in them.

// Names without case, blanks and marks.
pub(super) const TICKERS: &[&str] = &[
    "ticker",
    "symbol",
    "instrument",
    "tickersymbol",
    "stock",
    "stocksymbol",
    "code",
    "tradingsymbol",
];
pub(super) const SHARES: &[&str] = &[
    "shares",
    "quantity",
    "qty",
    "qtyquantity",
    "noofshares",
    "numberofshares",
    "sharesheld",
    "units",
    "anzahl",
    "stück",
    "stücke",
    "currentquantity",
    "positionquantity",
    "quantityheld",
    "unitsheld",
];
/// What one share cost, whatever stands beside it.
pub(super) const PER_SHARE: &[&str] = &[
    "averagecostbasis",
    "averagecost",
    "avgcost",
    "avgprice",
    "averageprice",
    "purchaseprice",
    "pricepaid",
    "avgentryprice",
    "costbasisprice",
    "costprice",
    "unitcost",
    "costpershare",
    "costshare",
    "einstandskurs",
    "averagebuyprice",
    "averagecostpershare",
    "averagepricepaid",
    "avgcostpershare",
    "costbasispershare",
    "costbasisshare",
    "pricepershare",
    "kaufkurs",
];
/// What all of them cost, whatever stands beside it.
pub(super) const IN_ALL: &[&str] = &[
    "costbasistotal",
    "totalcost",
    "costbasismoney",
    "bookvalue",
    "totalcostbasis",
    "bookcost",
    "bookvaluemarket",
];
/// The columns of the documented form, as they are written there: in it a cost is of one share.
pub(super) const OWN: &[&str] = &[
    "ticker",
    "symbol",
    "shares",
    "quantity",
    "qty",
    "cost_basis",
    "currency",
    "name",
    "sector",
    "sub_industry",
];
/// Either, by what stands beside it.
pub(super) const UNCLEAR: &[&str] = &["costbasis", "cost"];
pub(super) const VALUES: &[&str] = &[
    "marketvalue",
    "mktval",
    "mktvalmarketvalue",
    "currentvalue",
    "positionvalue",
    "value",
    "totalvalue",
    "curval",
    "presentvalue",
];
/// What one share is worth, by the file itself.
pub(super) const OWN_PRICES: &[&str] = &[
    "lastprice",
    "currentprice",
    "markprice",
    "marketprice",
    "closeprice",
    "lastpricetraded",
    "price",
    "last",
    "quote",
    "kurs",
];
/// The currency of a row's prices and costs.
pub(super) const CURRENCIES: &[&str] = &[
    "marketcurrency",
    "localcurrency",
    "currency",
    "currencyprimary",
    "currencypriceshare",
    "tradingcurrency",
    "costcurrency",
    "currencycode",
    "marketpricecurrency",
    "ccy",
    "währung",
];
/// What the section of a statement is called that tells what is held.
pub(super) const OPEN_POSITIONS: &[&str] =
    &["openpositions", "positions", "offenepositionen", "positionsouvertes"];
pub(super) const ACTIONS: &[&str] =
    &["type", "action", "side", "transactiontype", "transcode", "typ", "buysell", "kaufverkauf"];
/// Whether a position is long or short.
pub(super) const SIDES: &[&str] =
    &["positiondirection", "positionside", "longshort", "direction", "side"];
/// Parts of the names of columns whose verbs are advice.
pub(super) const JUDGEMENTS: &[&str] = &["rating", "recommend", "signal", "analyst", "consensus"];
pub(super) const PRICES: &[&str] =
    &["price", "priceshare", "pricepershare", "purchaseprice", "shareprice", "tprice"];
/// When a transaction was made, before when it was settled.
pub(super) const DATES: &[&str] = &[
    "date",
    "datetime",
    "tradedate",
    "transactiondate",
    "activitydate",
    "rundate",
    "executiondateandtime",
    "executiondate",
    "filledtime",
    "filledat",
    "executedat",
    "transactiontime",
    "dateandtime",
    "timestamp",
    "time",
    "datum",
    "handelstag",
    "buchungstag",
    "processdate",
    "settlementdate",
    "settledate",
];
pub(super) const STATES: &[&str] = &["orderstatus", "orderstate", "status", "state"];
/// States of orders that were carried out.
pub(super) const DONE: &[&str] = &[
    "",
    "executed",
    "filled",
    "complete",
    "completed",
    "settled",
    "done",
    "success",
    "successful",
    "traded",
    "confirmed",
    "processed",
    "posted",
    "ausgeführt",
];
/// Parts of the states of orders that were not.
pub(super) const UNDONE: &[&str] = &[
    "cancel",
    "reject",
    "pending",
    "expired",
    "failed",
    "queued",
    "unfilled",
    "storniert",
    "gestrichen",
];
/// Rows of sums.
pub(super) const SUMS: &[&str] =
    &["total", "totals", "subtotal", "subtotals", "grandtotal", "gesamt", "summe", "zwischensumme"];
/// Rows of whole positions and orders, where others are of their parts.
pub(super) const WHOLES: &[&str] = &["summary", "order"];
pub(super) const PARTS: &[&str] =
    &["lot", "taxlot", "closedlot", "execution", "fill", "trade", "detail"];
/// Parts of the titles of tables of shares that nobody holds any more, or yet.
pub(super) const NOT_HELD: &[&str] =
    &["clos", "sold", "realized", "realised", "watch", "histor", "pending", "order"];

/// What one unit of a column is in the currency that its name tells: `Price (pence)`.
pub(super) fn unit_of(name: &str) -> f64 {
    if name.to_lowercase().contains("(pence)") { 0.01 } else { 1.0 }
}

/// The currency that a column's name tells: `Cost (£)`, `Book value (CAD)`.
pub(super) fn currency_of(name: &str) -> Option<&'static str> {
    const TOLD: [(&str, &str); 10] = [
        ("(pence)", "GBP"),
        ("(£)", "GBP"),
        ("(gbp)", "GBP"),
        ("(€)", "EUR"),
        ("(eur)", "EUR"),
        ("(chf)", "CHF"),
        ("(cad)", "CAD"),
        ("(aud)", "AUD"),
        ("(usd)", "USD"),
        ("(us$)", "USD"),
    ];
    let name = name.to_lowercase();
    TOLD.iter().find(|(told, _)| name.contains(told)).map(|(_, currency)| *currency)
}

/// Whether an action buys, 1, or sells, −1. `None`: it changes no number of shares, or not by itself.
pub(super) fn direction(action: &str) -> Option<f64> {
    let action = action.to_lowercase();
    let mut words = action.split(|c: char| !c.is_alphabetic());
    words.find_map(|word| match word {
        "buy" | "bought" | "bot" | "purchase" | "purchased" | "kauf" | "achat" | "compra"
        | "koop" | "köp" => Some(1.0),
        "sell" | "sold" | "sld" | "sale" | "verkauf" | "vente" | "venta" | "verkoop" | "sälj" => {
            Some(-1.0)
        }
        _ if word.starts_with("reinvest") => Some(1.0),
        _ => None,
    })
}

/// Whether an action takes back another row.
pub(super) fn takes_back(action: &str) -> bool {
    let action = action.to_lowercase();
    ["cancel", "storno", "revers", "correct", "void"].iter().any(|word| action.contains(word))
}

/// Whether an action changes the number of shares in a way that its row alone does not tell.
pub(super) fn is_corporate_action(action: &str) -> bool {
    let action = action.to_lowercase();
    let mut words = action.split(|c: char| !c.is_alphabetic());
    words.any(|word| {
        matches!(
            word,
            "split" | "spl" | "transfer" | "transferred" | "acats" | "acati" | "merger" | "spinoff"
        )
    })
}

/// Whether it is the name of a column.
pub(super) fn is_known(name: &str) -> bool {
    let kinds = [TICKERS, SHARES, PER_SHARE, IN_ALL, VALUES];
    kinds.iter().any(|names| names.contains(&name))
}

pub(super) fn is_unknown(text: &str) -> bool {
    matches!(
        text.trim().to_lowercase().as_str(),
        "" | "-" | "--" | "n/a" | "na" | "nan" | "null" | "none" | "—"
    )
}

/// A name without case, blanks and marks.
pub(super) fn plain(name: &str) -> String {
    // Whatever money a column is in.
    let mut name = name.to_lowercase();
    for unit in ["(pence)", "(gbp)", "(usd)", "(eur)"] {
        name = name.replace(unit, "");
    }
    name.replace([' ', '_', '-', '.', '(', ')', '/', '$', '£', '€', '"', '\u{feff}'], "")
}
