//! How a person's words are read.

use jiff::civil::Weekday;
use kairo_capture::{DateOrder, zone_named};

use super::queries::{SettingsUpdate, WhoAmI, WhoAmIRow};
use super::{AccountError, Base, Person, unchanged};
use crate::db::Identity;

/// Zone, week, order of a date, and shortcuts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// IANA name, one that the bundled data holds.
    pub time_zone: String,
    /// First day of the week: Monday, Saturday or Sunday.
    pub week_start: Weekday,
    /// What 3/4 means.
    pub date_order: DateOrder,
    /// Whether a single letter is a shortcut (WCAG 2.1.4 asks for a way to turn them off).
    pub single_keys: bool,
    /// Moves with every change.
    pub version: i32,
}

/// A setting that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsFault {
    /// The bundled time zone data has no such name.
    #[error("there is no time zone of that name")]
    UnknownZone,
    /// Not a day on which weeks begin anywhere.
    #[error("a week begins on a Monday, Saturday or Sunday")]
    WeekStart,
}

impl Settings {
    pub(super) fn from_row(row: &WhoAmIRow) -> Self {
        Self {
            time_zone: row.time_zone.clone(),
            week_start: match row.week_start {
                6 => Weekday::Saturday,
                7 => Weekday::Sunday,
                _ => Weekday::Monday,
            },
            date_order: if row.day_first { DateOrder::Dmy } else { DateOrder::Mdy },
            single_keys: row.single_keys,
            version: row.version,
        }
    }

    /// Checks settings that a person sent.
    pub fn check(&self) -> Result<(), SettingsFault> {
        known_zone(&self.time_zone).ok_or(SettingsFault::UnknownZone)?;
        match self.week_start {
            Weekday::Monday | Weekday::Saturday | Weekday::Sunday => Ok(()),
            _ => Err(SettingsFault::WeekStart),
        }
    }
}

/// Keeps new settings on top of the version they were made from.
pub async fn update(
    base: &Base,
    identity: &Identity,
    person: &Person,
    settings: &Settings,
) -> Result<(), AccountError> {
    let statement = SettingsUpdate {
        user_id: person.user_id,
        time_zone: settings.time_zone.clone(),
        week_start: i16::from(settings.week_start.to_monday_one_offset()),
        day_first: settings.date_order == DateOrder::Dmy,
        single_keys: settings.single_keys,
        version: settings.version,
    };
    let (me, rows) = base.db.app.write(Some(identity), (WhoAmI {}, statement)).await?;
    if rows.is_empty() { Err(unchanged(&me, AccountError::VersionMoved)) } else { Ok(()) }
}

/// A zone by any spelling of its name, in the spelling of the bundled data; `None` for one that is
/// not there, or that is no place's ("Etc/Unknown").
pub fn known_zone(name: &str) -> Option<String> {
    let zone = zone_named(name).ok().filter(|_| name.len() <= ZONE_BYTES_MAX)?;
    zone.iana_name().map(str::to_owned)
}

/// Longest name of a zone, in bytes; the longest in the data has 30.
const ZONE_BYTES_MAX: usize = 64;

/// A zone name that a browser offered, or UTC where it is not one of ours.
pub fn zone_or_utc(offered: &str) -> String {
    known_zone(offered).unwrap_or_else(|| "UTC".to_owned())
}
