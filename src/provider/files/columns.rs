//! Which column of a price file is what.

/// What a column is for. Bars need a date and a close; the others may be absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColumnRole {
    Symbol,
    Date,
    Open,
    High,
    Low,
    Close,
    Adjusted,
    Volume,
    Split,
    /// Volumes adjusted as the adjusted closes are.
    AdjustedVolume,
    /// The currency of the prices; that of a series' first row is taken.
    Currency,
}

impl ColumnRole {
    const ALL: [Self; 11] = [
        Self::Symbol,
        Self::Date,
        Self::Open,
        Self::High,
        Self::Low,
        Self::Close,
        Self::Adjusted,
        Self::Volume,
        Self::Split,
        Self::AdjustedVolume,
        Self::Currency,
    ];

    /// Spellings, without case, blanks, dots, hyphens and underscores, the surest first.
    fn spellings(self) -> &'static [&'static str] {
        match self {
            Self::Symbol => &[
                "symbol",
                "ticker",
                "tic",
                "code",
                "name",
                "rawsymbol",
                "actsymbol",
                "stocksymbol",
                "tradingsymbol",
                "instrumentid",
                "sid",
                "股票代码",
                "证券代码",
                "代码",
                "銘柄コード",
            ],
            Self::Date => &[
                "date",
                "datetime",
                "timestamp",
                "tsevent",
                "tradedate",
                "tradingdate",
                "reportdate",
                "dtyyyymmdd",
                "windowstart",
                "日期",
                "日付",
                "交易日期",
                "날짜",
                "datum",
                "fecha",
                // Of a day, where a column of dates stands beside them.
                "time",
                "day",
                "indexlevel0",
                "unnamed:0",
                "",
                "t",
            ],
            Self::Open => &[
                "open",
                "openprice",
                "erster",
                "eröffnung",
                "eroeffnung",
                "o",
                "开盘",
                "开盘价",
                "開盤價",
                "始値",
                "시가",
            ],
            Self::High => {
                &["high", "highprice", "hoch", "h", "最高", "最高价", "最高價", "高値", "고가"]
            }
            Self::Low => {
                &["low", "lowprice", "tief", "l", "最低", "最低价", "最低價", "安値", "저가"]
            }
            Self::Close => &[
                "close",
                "closeprice",
                "closelast",
                "closingprice",
                "lastprice",
                "latest",
                "latestprice",
                "schlusskurs",
                "schluss",
                "last",
                "price",
                "c",
                "收盘",
                "收盘价",
                "收盤價",
                "終値",
                "종가",
            ],
            Self::Adjusted => &[
                "adjclose",
                "adjusted",
                "adjustedclose",
                "closeadj",
                "adjcloseprice",
                "adjustedcloseprice",
                "closeadjusted",
            ],
            Self::Volume => &[
                "volume",
                "vol",
                "stuecke",
                "stücke",
                "noofshares",
                "成交量",
                "成交股數",
                "出来高",
                "거래량",
                "totaltradedquantity",
                "tottrdqty",
                "volumeusd",
                "v",
            ],
            Self::AdjustedVolume => &["adjvolume", "adjustedvolume", "volumeadj"],
            Self::Currency => &["currency", "currencycode", "quotecurrency", "ccy"],
            Self::Split => &["split", "splits", "stocksplits", "splitfactor", "splitratio"],
        }
    }
}

/// Where each role's column is.
#[derive(Clone)]
pub(super) struct ColumnPlaces([Option<usize>; 11]);

/// Columns that are named by hand.
pub(super) struct ByHand<'a> {
    /// The column of tickers.
    pub(super) symbol: Option<&'a str>,
}

/// A name without case, blanks and marks.
fn plain(name: &str) -> String {
    name.to_lowercase().replace([' ', '_', '-', '.', '<', '>', '/', '*', '\u{feff}'], "")
}

impl ColumnPlaces {
    /// Finds the columns among the names of a file. `None`: there is no date or no close.
    pub(super) fn find(names: &[String], by_hand: &ByHand<'_>) -> Option<Self> {
        let plain_names: Vec<String> = names.iter().map(|name| plain(name)).collect();
        let mut places = Self(ColumnRole::ALL.map(|role| place_of(role, &plain_names)));
        if let Some(symbol) = by_hand.symbol {
            let place = names.iter().position(|name| name == symbol)?;
            places.0[ColumnRole::Symbol as usize] = Some(place);
        }
        let is_table =
            places.of(ColumnRole::Date).is_some() && places.of(ColumnRole::Close).is_some();
        is_table.then_some(places)
    }

    /// Only dates.
    pub(super) fn of_date(place: usize) -> Self {
        let mut places = Self([None; 11]);
        places.set(ColumnRole::Date, place);
        places
    }

    pub(super) fn set(&mut self, role: ColumnRole, place: usize) {
        self.0[role as usize] = Some(place);
    }

    /// Takes a column's role away.
    pub(super) fn unset(&mut self, role: ColumnRole) {
        self.0[role as usize] = None;
    }

    /// What a column of that name is for.
    pub(super) fn role_of(name: &str) -> Option<ColumnRole> {
        let name = plain(name);
        ColumnRole::ALL.into_iter().find(|role| role.spellings().contains(&name.as_str()))
    }

    /// Whether one of these names is of dates.
    pub(super) fn has_date(names: &[String]) -> bool {
        names.iter().any(|name| Self::role_of(name) == Some(ColumnRole::Date))
    }

    pub(super) fn of(&self, role: ColumnRole) -> Option<usize> {
        self.0[role as usize]
    }

    /// The names of the columns that have a role, each once.
    pub(super) fn names(&self, names: &[String]) -> Vec<String> {
        let mut places: Vec<usize> = self.0.iter().flatten().copied().collect();
        places.sort_unstable();
        places.dedup();
        places.into_iter().map(|place| names[place].clone()).collect()
    }
}

fn place_of(role: ColumnRole, plain_names: &[String]) -> Option<usize> {
    let mut spellings = role.spellings().iter();
    spellings.find_map(|spelling| plain_names.iter().position(|name| name == spelling))
}
