//! The key ring: there, whole, and closed to others. Whether it is the database's is looked at with
//! the database.

use super::{Finding, shown};
use crate::config::{KeySource, OsAccount};
use crate::keys::Keys;
use crate::keys::source::RingStore;

const CHECK: &str = "keys";

/// Looks at the source, and gives the ring where it can be used.
pub(super) fn check(
    source: &KeySource,
    account: &OsAccount,
    found: &mut Vec<Finding>,
) -> Option<Keys> {
    let KeySource::File(path) = source;
    // Opening a source makes its folder.
    if !path.exists() {
        let mend = "Nothing is to be done before the first start; after it, put back the copy";
        found.push(Finding::warning(CHECK, format!("{} is not there", shown(path)), mend));
        return None;
    }
    let ring = RingStore::open(source, account).and_then(|store| store.load());
    let keys = match ring {
        Ok(Some(ring)) => Keys::new(ring).map_err(|error| error.to_string()),
        Ok(None) => {
            let what = format!("{} holds no key ring", shown(path));
            let mend = "Nothing is to be done before the first start; after it, put back the copy";
            found.push(Finding::warning(CHECK, what, mend));
            return None;
        }
        Err(error) => Err(error.to_string()),
    };
    match keys {
        Ok(keys) => {
            let what = format!("the ring in {} can be read by Kairo alone", shown(path));
            found.push(Finding::ok(CHECK, what));
            Some(keys)
        }
        Err(error) => {
            let mend = "Without the ring nothing that is sealed can be opened, so mend this first";
            found.push(Finding::problem(CHECK, error, mend));
            None
        }
    }
}
