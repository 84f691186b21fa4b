//! What an alert says to a person: what happened, in numbers, and what to do.
//!
//! **Invariant:** a text is made of words of this page, numbers, ids and the origin; so it says
//! nothing that somebody else chose, and fits a letter.

use super::queries::Alert;
use crate::limits::ALERTS_LISTED_MAX;

const NANO: i64 = 1_000_000_000;

/// The subject of a letter.
pub fn subject(alerts: &[Alert]) -> String {
    match alerts {
        [_] => "Kairo: an alert".to_owned(),
        several => format!("Kairo: {} alerts", several.len()),
    }
}

/// Several alerts, a line each; of many the first, and how many more there are.
pub fn text(origin: &str, alerts: &[Alert]) -> String {
    let mut text = format!("Kairo at {origin}\n");
    for alert in alerts.iter().take(ALERTS_LISTED_MAX) {
        text.push_str("\n- ");
        text.push_str(&line(alert));
        text.push('\n');
    }
    let more = alerts.len().saturating_sub(ALERTS_LISTED_MAX);
    if more > 0 {
        text.push_str(&format!("\nAnd {more} more; the log and the list of alerts have them.\n"));
    }
    text
}

/// One alert.
pub(in crate::guard) fn line(alert: &Alert) -> String {
    let number = alert.number.unwrap_or(0);
    let (spent, all) = (money(alert.cost_nano), money(alert.usual_nano));
    match alert.kind.as_str() {
        "usage" => usage(alert),
        "spend_alarm" => format!(
            "{}: {spent} of the {all} that models may cost in a day are given out. At {all} every \
             call is refused until midnight UTC. See who uses most, or raise KAIRO_PLANS_DAY_USD.",
            alert.day
        ),
        "spend_stop" => format!(
            "{}: the {all} that models may cost in a day are spent, and a call was refused. Until \
             midnight UTC thoughts are read offline. See who used most, or raise \
             KAIRO_PLANS_DAY_USD and start Kairo again.",
            alert.day
        ),
        "drift" => format!(
            "{}: counters of quotas that are not the sum of their ledger: {number}. The log names \
             them. Nobody lost credits by looking; see whether somebody wrote to the database.",
            alert.day
        ),
        _ => format!(
            "{}: the use of models was not compared for {number} hours. What was missed is \
             compared now. See why no Kairo ran, or why its comparison failed.",
            alert.day
        ),
    }
}

fn usage(alert: &Alert) -> String {
    let person = alert.user_id.unwrap_or_default();
    let with = |credits: String, nano: Option<i64>| match nano {
        None | Some(0) => format!("{credits} credits"),
        Some(_) => format!("{credits} credits ({})", money(nano)),
    };
    let used = with(alert.credits.unwrap_or(0).to_string(), alert.cost_nano);
    let (usual, whose) = (alert.usual_milli.unwrap_or(0), alert.basis.as_deref());
    let usual = match (usual, whose) {
        (0, _) => "Before that there was nothing to compare with".to_owned(),
        (_, Some("plan")) => {
            format!("Usual for others on the plan: {} a day", with(tenths(usual), alert.usual_nano))
        }
        _ => format!("Usual for them: {} a day", with(tenths(usual), alert.usual_nano)),
    };
    format!(
        "{}: person {person} used {used} in 24 hours. {usual}. Ask them; if it was not they, \
         suspend the account.",
        alert.day
    )
}

/// Thousandths to one decimal.
fn tenths(milli: i64) -> String {
    let tenths = milli.saturating_add(50) / 100;
    match (tenths / 10, tenths % 10) {
        (whole, 0) => whole.to_string(),
        (whole, part) => format!("{whole}.{part}"),
    }
}

/// Nano-dollars to the cent.
fn money(nano: Option<i64>) -> String {
    let cents = nano.unwrap_or(0).saturating_add(NANO / 200) / (NANO / 100);
    format!("${}.{:02}", cents / 100, cents % 100)
}
