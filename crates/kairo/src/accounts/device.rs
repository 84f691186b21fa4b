//! Names a session by browser family and system, from a closed list.
//!
//! **Invariant:** nothing of the `User-Agent` itself is kept: it is long, changes, and identifies
//! people.

/// "Firefox on macOS"; what is not on the list is "A browser" or "another system".
pub fn label(user_agent: &str) -> String {
    let has = |word: &str| user_agent.contains(word);
    // Order matters: most browsers also claim to be an older one.
    let browser = if has("Edg/") || has("EdgA/") || has("EdgiOS/") {
        "Edge"
    } else if has("OPR/") {
        "Opera"
    } else if has("Firefox/") || has("FxiOS/") {
        "Firefox"
    } else if has("Chrome/") || has("CriOS/") || has("Chromium/") {
        "Chrome"
    } else if has("Safari/") && has("Version/") {
        "Safari"
    } else {
        "A browser"
    };
    let system = if has("iPhone") {
        "iPhone"
    } else if has("iPad") {
        "iPad"
    } else if has("Android") {
        "Android"
    } else if has("Windows NT") {
        "Windows"
    } else if has("Mac OS X") {
        "macOS"
    } else if has("CrOS") {
        "ChromeOS"
    } else if has("Linux") {
        "Linux"
    } else {
        "another system"
    };
    format!("{browser} on {system}")
}

pub(super) const BROWSERS: [&str; 6] =
    ["Edge", "Opera", "Firefox", "Chrome", "Safari", "A browser"];
pub(super) const SYSTEMS: [&str; 8] =
    ["iPhone", "iPad", "Android", "Windows", "macOS", "ChromeOS", "Linux", "another system"];

/// Whether a text is a label that [`label`] can give: what comes back from a browser may not be.
pub fn is_label(text: &str) -> bool {
    text.split_once(" on ")
        .is_some_and(|(browser, system)| BROWSERS.contains(&browser) && SYSTEMS.contains(&system))
}
