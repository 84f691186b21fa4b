//! How a person's words are read.

use jiff::civil::Weekday;
use kairo::accounts::settings::{Settings, update};
use kairo::accounts::{AccountError, Person, sessions};
use kairo_capture::DateOrder;

use super::*;

fn changed(person: &Person, zone: &str) -> Settings {
    Settings { time_zone: zone.to_owned(), ..person.settings.clone() }
}

// Goal: of two changes from the same version the second is refused, and the first stays.
#[tokio::test]
async fn a_change_from_an_old_version_is_refused() {
    let app = Kairo::start().await;
    let ana = app.member(ANA).await;
    let person = app.person(&ana).await;
    let first = Settings {
        week_start: Weekday::Sunday,
        date_order: DateOrder::Dmy,
        ..changed(&person, "Europe/Oslo")
    };
    update(&app.base, ana.identity(), &person, &first).await.unwrap();
    let second = update(&app.base, ana.identity(), &person, &changed(&person, "Asia/Tokyo")).await;
    assert!(matches!(second, Err(AccountError::VersionMoved)), "{second:?}");
    let now = app.person(&ana).await.settings;
    assert_eq!(now, Settings { version: person.settings.version + 1, ..first });
    update(
        &app.base,
        ana.identity(),
        &person,
        &Settings { time_zone: "Asia/Tokyo".to_owned(), ..now },
    )
    .await
    .unwrap();
}

// Goal: another person's settings cannot be changed by naming that person.
#[tokio::test]
async fn another_persons_settings_stay() {
    let app = Kairo::start().await;
    let (ana, ben) = (app.member(ANA).await, app.member(BEN).await);
    let bens = app.person(&ben).await;
    let refused = update(&app.base, ana.identity(), &bens, &changed(&bens, "Asia/Tokyo")).await;
    assert!(refused.is_err());
    assert_eq!(app.person(&ben).await.settings, bens.settings);
}

// Goal: whose session ended meanwhile is told that, and not of a change that nobody made.
#[tokio::test]
async fn an_ended_session_changes_nothing() {
    let app = Kairo::start().await;
    let ana = app.member(ANA).await;
    let person = app.person(&ana).await;
    sessions::sign_out(&app.base, ana.identity()).await.unwrap();
    let refused = update(&app.base, ana.identity(), &person, &changed(&person, "Asia/Tokyo")).await;
    assert!(matches!(refused, Err(AccountError::SessionEnded)), "{refused:?}");
}

// Goal: a token that may only read changes nothing, and is told why.
#[tokio::test]
async fn a_read_only_token_changes_nothing() {
    let app = Kairo::start().await;
    let reader = app.reader(ANA).await;
    let person = app.person(&reader).await;
    let refused =
        update(&app.base, reader.identity(), &person, &changed(&person, "Asia/Tokyo")).await;
    assert!(matches!(refused, Err(AccountError::OutOfScope)), "{refused:?}");
    assert_eq!(app.person(&reader).await.settings, person.settings);
}
