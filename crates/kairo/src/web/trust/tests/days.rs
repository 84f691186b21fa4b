//! The strip of 90 days and its table.

use crate::trust::controls::catalogue::Detail;
use crate::trust::controls::queries::DayRow;
use crate::web::trust::days::{Came, Day, days, grouped, in_words};
use crate::web::trust::sample::{self, known, look, page};

fn of(claim: &str, rows: &[DayRow]) -> Vec<Day> {
    let page = page(|_| None);
    days(&look(&page, known(&page)), page.catalogue.claim(claim).unwrap(), rows)
}

fn count(days: &[Day], came: Came) -> usize {
    days.iter().filter(|day| day.came == came).count()
}

/// Both checks of claim 2.1; the first has a failing day and two without a run.
fn two_checks() -> Vec<DayRow> {
    let mut rows = sample::days("db.rls_forced", 84, &[58], &[29, 30]);
    rows.extend(sample::days("db.runtime_roles", 84, &[], &[]));
    rows
}

// Goal: a claim's day is that of its worst check, and days before its evidence are empty.
#[test]
fn the_worst_check_makes_the_day() {
    let days = of("2.1", &two_checks());
    assert_eq!(days.len(), 90);
    assert_eq!(count(&days, Came::Failing), 1);
    assert_eq!(count(&days, Came::Overdue), 2);
    assert_eq!(count(&days, Came::Nothing), 6);
    assert_eq!(count(&days, Came::Verified), 81);
    let words = "The last 90 days: verified on 81, failing on 1, not verified on 2, no evidence \
                 yet on 6.";
    assert_eq!(in_words(&days), words);
}

// Goal: a failure lasts until a pass, though nothing ran in between.
#[test]
fn a_failure_lasts() {
    let mut rows = sample::days("db.rls_forced", 84, &[], &[0, 1, 2, 3, 4]);
    rows.extend(sample::days("db.runtime_roles", 84, &[], &[]));
    let mut failed = sample::days("db.rls_forced", 0, &[4], &[]);
    rows.append(&mut failed);
    let days = of("2.1", &rows);
    assert_eq!(count(&days, Came::Failing), 5);
    assert_eq!(days.last().unwrap().came, Came::Failing);
}

// Goal: evidence that counts for two days covers a day without a run, and no more.
#[test]
fn evidence_covers_as_long_as_it_counts() {
    let rows = sample::days("source.no_keys", 84, &[], &[7, 8, 9]);
    let days = of("1.12", &rows);
    assert_eq!((count(&days, Came::Overdue), count(&days, Came::Nothing)), (1, 6));
}

// Goal: the table says the same as the strip, the newest first, without a number that is kept back.
#[test]
fn the_table_has_every_day() {
    let page = page(|_| None);
    let today = look(&page, known(&page)).today();
    let rows = grouped(today, Detail::Counts, &of("2.1", &two_checks()));
    let said: Vec<_> =
        rows.iter().map(|row| format!("{}: {}, {}", row.days, row.state, row.why)).collect();
    assert_eq!(
        said,
        [
            "26 Oct to 23 Nov: verified, 1,392 runs on record",
            "24 to 25 Oct: not verified, no check ran in its time",
            "27 Sep to 23 Oct: verified, 1,296 runs on record",
            "26 Sep: failing, 3 of 51 runs found a fault",
            "1 to 25 Sep: verified, 1,200 runs on record",
            "26 to 31 Aug: no evidence yet, this claim had no evidence yet",
        ]
    );
    let kept_back = grouped(today, Detail::None, &of("2.1", &two_checks()));
    assert_eq!(kept_back[3].why, "a check found a fault");
}

// Goal: an attested claim's days are a person's word, from the day that it was given.
#[test]
fn a_word_is_no_proof() {
    let days = of("1.6", &[]);
    assert_eq!((count(&days, Came::Attested), count(&days, Came::Nothing)), (22, 68));
}

// Goal: what no check runs for has no strip.
#[test]
fn promises_have_no_strip() {
    assert!(of("2.4", &[]).is_empty());
    assert!(of("9.10", &[]).is_empty());
}
