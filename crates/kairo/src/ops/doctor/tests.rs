//! The judgements that need no installation; `tests/it/cli/doctor.rs` breaks a real one.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::database::skew;
use super::machine::{files, room};
use super::*;
use crate::limits::{
    CLOCK_SKEW_S_MAX, CLOCK_SKEW_S_WARN, DISK_BYTES_MIN, DISK_BYTES_WARN, OPEN_FILES_MIN,
};

// Goal: each bound is met at it and missed one past it.
#[test]
fn bounds_are_where_they_are_said() {
    let disk = |bytes| room(Path::new("/"), bytes).level;
    assert_eq!(disk(DISK_BYTES_WARN), Level::Ok);
    assert_eq!(disk(DISK_BYTES_WARN - 1), Level::Warning);
    assert_eq!(disk(DISK_BYTES_MIN), Level::Warning);
    assert_eq!(disk(DISK_BYTES_MIN - 1), Level::Problem);
    assert_eq!(files(None).level, Level::Ok);
    assert_eq!(files(Some(OPEN_FILES_MIN)).level, Level::Ok);
    assert_eq!(files(Some(OPEN_FILES_MIN - 1)).level, Level::Warning);
    let here = Timestamp::UNIX_EPOCH;
    for (seconds, level) in [
        (CLOCK_SKEW_S_WARN, Level::Ok),
        (CLOCK_SKEW_S_WARN + 1, Level::Warning),
        (CLOCK_SKEW_S_MAX, Level::Warning),
        (CLOCK_SKEW_S_MAX + 1, Level::Problem),
    ] {
        let by = SignedDuration::from_secs(seconds);
        assert_eq!((skew(here, here + by).level, skew(here, here - by).level), (level, level));
    }
}

// Goal: a finding is one line, whatever the words that it repeats hold, and the worst one decides.
#[test]
fn a_finding_is_one_line() {
    let finding = Finding::problem("keys", "two\nlines\tof  it", "Mend\nit");
    assert_eq!(finding.to_string(), "problem  keys          two lines of it. Mend it");
    let report = Report(vec![Finding::ok("a", "x"), finding, Finding::warning("b", "y", "z")]);
    assert_eq!((report.worst(), report.worst().exit_code()), (Level::Problem, 2));
    assert_eq!((Report(Vec::new()).worst().exit_code(), Level::Warning.exit_code()), (0, 1));
}
