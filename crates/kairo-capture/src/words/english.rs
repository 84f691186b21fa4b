//! English.
//!
//! **Invariant:** keys are lower case and occur once.

use super::{Daypart, Form, Holiday, Often, Unit, W};
use jiff::civil::Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};

#[path = "english_lists.rs"]
pub(crate) mod lists;

#[path = "english_namings.rs"]
pub(crate) mod namings;

const fn often(unit: Unit, every: u32) -> W {
    W::Often(Often { unit, every })
}

/// Every word the grammar knows.
#[rustfmt::skip]
pub(super) const WORDS: &[(&str, W)] = &[
    // Months.
    ("january", W::Month(1, false)), ("jan", W::Month(1, true)), ("february", W::Month(2, false)),
    ("feb", W::Month(2, false)), ("march", W::Month(3, true)), ("mar", W::Month(3, true)),
    ("april", W::Month(4, true)), ("apr", W::Month(4, false)), ("may", W::Month(5, true)),
    ("june", W::Month(6, true)), ("jun", W::Month(6, true)), ("july", W::Month(7, false)),
    ("jul", W::Month(7, false)), ("august", W::Month(8, true)), ("aug", W::Month(8, false)),
    ("september", W::Month(9, false)), ("sep", W::Month(9, true)), ("sept", W::Month(9, false)),
    ("october", W::Month(10, false)), ("oct", W::Month(10, false)),
    ("november", W::Month(11, false)), ("nov", W::Month(11, false)),
    ("december", W::Month(12, false)), ("dec", W::Month(12, true)), ("febuary", W::Month(2, false)),
    ("feburary", W::Month(2, false)), ("janurary", W::Month(1, false)),
    // Weekdays.
    ("monday", W::Wd(Monday, Form::Full)), ("mon", W::Wd(Monday, Form::Short)),
    ("mondays", W::Wd(Monday, Form::Plural)), ("tuesday", W::Wd(Tuesday, Form::Full)),
    ("tue", W::Wd(Tuesday, Form::Short)), ("tues", W::Wd(Tuesday, Form::Short)),
    ("tuesdays", W::Wd(Tuesday, Form::Plural)), ("wednesday", W::Wd(Wednesday, Form::Full)),
    ("wed", W::Wd(Wednesday, Form::Weak)), ("weds", W::Wd(Wednesday, Form::Short)),
    ("wednesdays", W::Wd(Wednesday, Form::Plural)), ("wedneday", W::Wd(Wednesday, Form::Full)),
    ("wendesday", W::Wd(Wednesday, Form::Full)), ("wensday", W::Wd(Wednesday, Form::Full)),
    ("thursday", W::Wd(Thursday, Form::Full)), ("thu", W::Wd(Thursday, Form::Short)),
    ("thur", W::Wd(Thursday, Form::Short)), ("thurs", W::Wd(Thursday, Form::Short)),
    ("thursdays", W::Wd(Thursday, Form::Plural)), ("friday", W::Wd(Friday, Form::Full)),
    ("fri", W::Wd(Friday, Form::Short)), ("fridays", W::Wd(Friday, Form::Plural)),
    ("saturday", W::Wd(Saturday, Form::Full)), ("sat", W::Wd(Saturday, Form::Weak)),
    ("saturdays", W::Wd(Saturday, Form::Plural)), ("sunday", W::Wd(Sunday, Form::Full)),
    ("sun", W::Wd(Sunday, Form::Weak)), ("sundays", W::Wd(Sunday, Form::Plural)),
    ("mons", W::Wd(Monday, Form::Plural)), ("weds'", W::Wd(Wednesday, Form::Plural)),
    ("thurdsay", W::Wd(Thursday, Form::Full)), ("teusday", W::Wd(Tuesday, Form::Full)),
    ("satuday", W::Wd(Saturday, Form::Full)), ("firday", W::Wd(Friday, Form::Full)),
    // Units.
    ("second", W::Nth(2)), ("seconds", W::Units(Unit::Second)), ("sec", W::Unit(Unit::Second)),
    ("secs", W::Units(Unit::Second)), ("minute", W::Unit(Unit::Minute)),
    ("minutes", W::Units(Unit::Minute)), ("min", W::Unit(Unit::Minute)),
    ("mins", W::Units(Unit::Minute)), ("hour", W::Unit(Unit::Hour)),
    ("hours", W::Units(Unit::Hour)), ("hr", W::Unit(Unit::Hour)), ("hrs", W::Units(Unit::Hour)),
    ("day", W::Unit(Unit::Day)), ("days", W::Units(Unit::Day)), ("week", W::Unit(Unit::Week)),
    ("weeks", W::Units(Unit::Week)), ("wk", W::Unit(Unit::Week)), ("wks", W::Units(Unit::Week)),
    ("month", W::Unit(Unit::Month)), ("months", W::Units(Unit::Month)),
    ("mth", W::Unit(Unit::Month)), ("mths", W::Units(Unit::Month)), ("mo", W::Unit(Unit::Month)),
    ("mos", W::Units(Unit::Month)), ("year", W::Unit(Unit::Year)), ("years", W::Units(Unit::Year)),
    ("yr", W::Unit(Unit::Year)), ("yrs", W::Units(Unit::Year)),
    ("fortnight", W::Unit(Unit::Fortnight)), ("fortnights", W::Units(Unit::Fortnight)),
    ("quarters", W::Units(Unit::Quarter)), ("quarter", W::Unit(Unit::Quarter)),
    ("weekend", W::Unit(Unit::Weekend)), ("weekends", W::Weekends),
    ("wkend", W::Unit(Unit::Weekend)), ("weekday", W::Unit(Unit::Workday)),
    ("weekdays", W::Workdays), ("workday", W::Unit(Unit::Workday)), ("workdays", W::Workdays),
    ("decade", W::Unit(Unit::Decade)), ("decades", W::Units(Unit::Decade)),
    ("businessday", W::Unit(Unit::Workday)), ("wkday", W::Unit(Unit::Workday)),
    // Numbers.
    ("zero", W::Num(0)), ("one", W::Num(1)), ("two", W::Num(2)), ("three", W::Num(3)),
    ("four", W::Num(4)), ("five", W::Num(5)), ("six", W::Num(6)), ("seven", W::Num(7)),
    ("eight", W::Num(8)), ("nine", W::Num(9)), ("ten", W::Num(10)), ("eleven", W::Num(11)),
    ("twelve", W::Num(12)), ("thirteen", W::Num(13)), ("fourteen", W::Num(14)),
    ("fifteen", W::Num(15)), ("sixteen", W::Num(16)), ("seventeen", W::Num(17)),
    ("eighteen", W::Num(18)), ("nineteen", W::Num(19)), ("twenty", W::Num(20)),
    ("thirty", W::Num(30)), ("forty", W::Num(40)), ("fourty", W::Num(40)), ("fifty", W::Num(50)),
    ("sixty", W::Num(60)), ("ninety", W::Num(90)), ("first", W::Nth(1)), ("third", W::Nth(3)),
    ("fourth", W::Nth(4)), ("fifth", W::Nth(5)), ("sixth", W::Nth(6)), ("seventh", W::Nth(7)),
    ("eighth", W::Nth(8)), ("ninth", W::Nth(9)), ("tenth", W::Nth(10)), ("eleventh", W::Nth(11)),
    ("twelfth", W::Nth(12)), ("thirteenth", W::Nth(13)), ("fourteenth", W::Nth(14)),
    ("fifteenth", W::Nth(15)), ("sixteenth", W::Nth(16)), ("seventeenth", W::Nth(17)),
    ("eighteenth", W::Nth(18)), ("nineteenth", W::Nth(19)), ("twentieth", W::Nth(20)),
    ("thirtieth", W::Nth(30)),
    // Parts of the day.
    ("morning", W::Part(Daypart::Morning)), ("mornings", W::Parts(Daypart::Morning)),
    ("morn", W::Part(Daypart::Morning)), ("lunchtime", W::Part(Daypart::Noon)),
    ("afternoon", W::Part(Daypart::Afternoon)), ("afternoons", W::Parts(Daypart::Afternoon)),
    ("arvo", W::Part(Daypart::Afternoon)), ("evening", W::Part(Daypart::Evening)),
    ("evenings", W::Parts(Daypart::Evening)), ("eve", W::Part(Daypart::Evening)),
    ("night", W::Part(Daypart::Night)), ("nights", W::Parts(Daypart::Night)),
    ("nite", W::Part(Daypart::Night)), ("tonight", W::Tonight), ("tonite", W::Tonight),
    ("2nite", W::Tonight), ("noon", W::Noon), ("noonish", W::Noon), ("midday", W::Noon),
    ("noontime", W::Noon), ("midnight", W::Midnight), ("am", W::Am), ("a.m", W::Am),
    ("a.m.", W::Am), ("pm", W::Pm), ("p.m", W::Pm), ("p.m.", W::Pm), ("o'clock", W::Oclock),
    ("oclock", W::Oclock),
    // Days by their distance.
    ("today", W::Rel(0)), ("tod", W::Rel(0)), ("tomorrow", W::Rel(1)), ("tmrw", W::Rel(1)),
    ("tmr", W::Rel(1)), ("tomorow", W::Rel(1)), ("tommorow", W::Rel(1)), ("tommorrow", W::Rel(1)),
    ("tomorrows", W::None), ("2morrow", W::Rel(1)), ("tmw", W::Rel(1)), ("tmrrw", W::Rel(1)),
    ("tomoro", W::Rel(1)), ("yesterday", W::Rel(-1)), ("yday", W::Rel(-1)), ("now", W::Now),
    // Small words.
    ("half", W::Half), ("past", W::Past), ("to", W::To), ("til", W::Until), ("till", W::Until),
    ("'til", W::Until), ("until", W::Until), ("untill", W::Until), ("through", W::Through),
    ("thru", W::Through), ("from", W::From), ("between", W::Between), ("and", W::And),
    ("or", W::Or), ("in", W::In), ("on", W::On), ("at", W::At), ("by", W::By),
    ("before", W::Before), ("after", W::After), ("since", W::Since), ("for", W::For), ("of", W::Of),
    ("the", W::The), ("a", W::A), ("an", W::A), ("this", W::This), ("next", W::Next),
    ("nxt", W::Next), ("last", W::Last), ("previous", W::Last), ("coming", W::Coming),
    ("upcoming", W::Coming), ("following", W::Following), ("every", W::Every), ("each", W::Every),
    ("ev", W::Every), ("evry", W::Every), ("other", W::Other), ("alternate", W::Alternate),
    ("alternating", W::Alternate), ("starting", W::Starting), ("starts", W::Starting),
    ("start", W::None), ("beginning", W::Beginning), ("begins", W::Starting),
    ("commencing", W::Starting), ("ending", W::Ending), ("ends", W::Ending), ("except", W::Except),
    ("excluding", W::Except), ("excepting", W::Except), ("not", W::Not), ("no", W::No),
    ("but", W::But), ("times", W::Times), ("occurrences", W::Times), ("occurences", W::Times),
    ("repetitions", W::Times), ("once", W::Once), ("ago", W::Ago), ("hence", W::Hence),
    ("later", W::Later), ("earlier", W::Earlier), ("than", W::Than), ("end", W::End),
    ("middle", W::Middle), ("mid", W::Middle), ("early", W::Early), ("late", W::Late),
    ("due", W::Due), ("deadline", W::Deadline), ("is", W::Is), ("are", W::Is), ("be", W::Be),
    ("around", W::Approx), ("about", W::Approx), ("approximately", W::Approx),
    ("approx", W::Approx), ("circa", W::Approx), ("roughly", W::Approx), ("sharp", W::Sharp),
    ("exactly", W::Approx), ("sometime", W::Approx), ("ish", W::Ish), ("couple", W::Couple),
    ("few", W::Few), ("several", W::Few), ("within", W::Within), ("over", W::Over),
    ("during", W::During), ("eod", W::Eod), ("eob", W::Eod), ("cob", W::Eod), ("eom", W::Eom),
    ("eow", W::Eow), ("eoy", W::Eoy), ("remind", W::Remind), ("reminder", W::Reminder),
    ("alert", W::Reminder), ("notify", W::Remind), ("me", W::Me), ("with", W::With),
    ("takes", W::Takes), ("lasting", W::Takes), ("only", W::Only), ("scheduled", W::Scheduled),
    ("single", W::Single), ("time", W::Time), ("completion", W::Completion),
    ("completed", W::Completion), ("done", W::Completion),
    // Adverbs of frequency.
    ("hourly", often(Unit::Hour, 1)), ("daily", often(Unit::Day, 1)),
    ("everyday", often(Unit::Day, 1)), ("nightly", often(Unit::Day, 1)),
    ("weekly", often(Unit::Week, 1)), ("biweekly", often(Unit::Week, 2)),
    ("fortnightly", often(Unit::Week, 2)), ("monthly", often(Unit::Month, 1)),
    ("bimonthly", often(Unit::Month, 2)), ("quarterly", often(Unit::Month, 3)),
    ("yearly", often(Unit::Year, 1)), ("annually", often(Unit::Year, 1)),
    ("semiannually", often(Unit::Month, 6)), ("biannually", often(Unit::Month, 6)),
    ("biennially", often(Unit::Year, 2)),
    // Holidays of one word.
    ("christmas", W::Holiday(Holiday::Fixed(12, 25))), ("xmas", W::Holiday(Holiday::Fixed(12, 25))),
    ("halloween", W::Holiday(Holiday::Fixed(10, 31))), ("easter", W::Holiday(Holiday::Easter(0))),
    ("thanksgiving", W::Holiday(Holiday::Nth(4, Thursday, 11))),
];
