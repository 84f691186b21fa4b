//! Listing and ending sessions: a person's own, and nobody else's.

use kairo::accounts::sessions::{list, revoke, sign_out, sign_out_everywhere, touch};
use kairo::accounts::{AccountError, SessionKind, caller};
use kairo::db::Identity;
use kairo::limits::SESSIONS_MAX;

use super::*;
use crate::harness::actors::Actor;

async fn is_live(app: &Kairo, identity: &Identity) -> bool {
    match caller(&app.base, identity).await {
        Ok(_) => true,
        Err(AccountError::SessionEnded) => false,
        Err(other) => unreachable!("{other}"),
    }
}

async fn live(app: &Kairo, actors: &[&Actor]) -> Vec<bool> {
    let mut out = Vec::new();
    for actor in actors {
        out.push(is_live(app, actor.identity()).await);
    }
    out
}

// Goal: a person has fifty sessions; one more ends the one that was seen least recently, and no
// token.
#[tokio::test]
async fn the_cap_ends_the_least_recent() {
    let app = Kairo::start().await;
    let program = app.program(ANA).await;
    let mut members = Vec::new();
    for _session in 0..SESSIONS_MAX {
        members.push(app.member(ANA).await);
    }
    assert_eq!(count(&app, LIVE_WEB).await, i64::from(SESSIONS_MAX));
    let idle = app.person(&members[7]).await.session_id;
    let age =
        "UPDATE authn.sessions SET last_seen_at = last_seen_at - interval '1 hour' WHERE id = $1";
    app.superuser().await.query(age, &[&idle]).await.unwrap();
    let last = app.member(ANA).await;
    let seen = live(&app, &[&members[6], &members[7], &members[8], &last, &program]).await;
    assert_eq!(seen, [true, false, true, true, true]);
    assert_eq!(count(&app, LIVE_WEB).await, i64::from(SESSIONS_MAX));
    let capped = "SELECT count(*) FROM authn.sessions WHERE revoke_reason = 'cap'";
    assert_eq!(count(&app, capped).await, 1);
}

// Goal: the list holds a person's own live sessions and tokens, this one first.
#[tokio::test]
async fn the_list_is_ones_own() {
    let app = Kairo::start().await;
    let (here, there, gone) = (app.member(ANA).await, app.member(ANA).await, app.member(ANA).await);
    app.program(ANA).await;
    app.member(BEN).await;
    sign_out(&app.base, gone.identity()).await.unwrap();
    let (person, sessions) = list(&app.base, here.identity()).await.unwrap();
    assert!(sessions[0].this && sessions[0].id == person.session_id);
    let mut named: Vec<_> = sessions.iter().map(|it| (it.kind, it.name.as_str())).collect();
    named.sort_by_key(|it| it.0 == SessionKind::Key);
    let web = (SessionKind::Web, "Firefox on Linux");
    assert_eq!(named, [web, web, (SessionKind::Key, "A test")]);
    assert!(sessions.iter().any(|it| it.id != person.session_id && it.method == "link"));
    assert_eq!(live(&app, &[&here, &there, &gone]).await, [true, true, false]);
}

// Goal: signing out everywhere ends every browser at once, and the tokens where asked.
#[tokio::test]
async fn everywhere_is_everywhere() {
    let app = Kairo::start().await;
    for (keys, ended, token_lives) in [(false, 2, true), (true, 3, false)] {
        let (here, there) = (app.member(ANA).await, app.member(ANA).await);
        let (program, ben) = (app.program(ANA).await, app.member(BEN).await);
        let all = sign_out_everywhere(&app.base, here.identity(), keys).await.unwrap();
        // The token of the round before is still there to be ended by the second one.
        assert_eq!(all, if keys { ended + 1 } else { ended });
        let seen = live(&app, &[&here, &there, &program, &ben]).await;
        assert_eq!(seen, [false, false, token_lives, true]);
        let again = sign_out_everywhere(&app.base, here.identity(), keys).await;
        assert!(matches!(again, Err(AccountError::SessionEnded)));
    }
}

// Goal: an API token cannot sign its person out of everything.
#[tokio::test]
async fn a_token_does_not_sign_out_everywhere() {
    let app = Kairo::start().await;
    let (ana, program) = (app.member(ANA).await, app.program(ANA).await);
    assert!(sign_out_everywhere(&app.base, program.identity(), true).await.is_err());
    assert_eq!(live(&app, &[&ana, &program]).await, [true, true]);
}

// Goal: another person's session cannot be ended, and looks as if it were not there.
#[tokio::test]
async fn another_persons_session_is_not_there() {
    let app = Kairo::start().await;
    let (ana, ben) = (app.member(ANA).await, app.member(BEN).await);
    let bens = app.person(&ben).await.session_id;
    let nothing = app.base.ids.next().unwrap();
    for id in [bens, nothing] {
        let refused = revoke(&app.base, ana.identity(), id).await;
        assert!(matches!(refused, Err(AccountError::NotFound)));
    }
    assert_eq!(live(&app, &[&ana, &ben]).await, [true, true]);
}

// Goal: a person ends one of the own sessions or tokens, once.
#[tokio::test]
async fn ones_own_session_ends_once() {
    let app = Kairo::start().await;
    let (here, there, program) =
        (app.member(ANA).await, app.member(ANA).await, app.program(ANA).await);
    for other in [&there, &program] {
        let id = app.person(other).await.session_id;
        revoke(&app.base, here.identity(), id).await.unwrap();
        assert!(!is_live(&app, other.identity()).await);
        let again = revoke(&app.base, here.identity(), id).await;
        assert!(matches!(again, Err(AccountError::NotFound)));
    }
    assert!(is_live(&app, here.identity()).await);
}

// Goal: a session that ended ends nothing more, and is told so.
#[tokio::test]
async fn an_ended_session_ends_nothing() {
    let app = Kairo::start().await;
    let (gone, there) = (app.member(ANA).await, app.member(ANA).await);
    let other = app.person(&there).await.session_id;
    sign_out(&app.base, gone.identity()).await.unwrap();
    let refused = revoke(&app.base, gone.identity(), other).await;
    assert!(matches!(refused, Err(AccountError::SessionEnded)), "{refused:?}");
    assert!(is_live(&app, there.identity()).await);
}

// Goal: a token that may only read ends nothing but itself.
#[tokio::test]
async fn a_read_only_token_ends_itself_alone() {
    let app = Kairo::start().await;
    let (ana, reader) = (app.member(ANA).await, app.reader(ANA).await);
    let other = app.person(&ana).await.session_id;
    let refused = revoke(&app.base, reader.identity(), other).await;
    assert!(matches!(refused, Err(AccountError::OutOfScope)), "{refused:?}");
    assert_eq!(live(&app, &[&ana, &reader]).await, [true, true]);
    sign_out(&app.base, reader.identity()).await.unwrap();
    assert_eq!(live(&app, &[&ana, &reader]).await, [true, false]);
}

// Goal: the last sight is written once in five minutes, moves the idle end, and never the absolute
// one.
#[tokio::test]
async fn a_sight_is_written_seldom() {
    let app = Kairo::start().await;
    let ana = app.member(ANA).await;
    let ends = "SELECT (extract(epoch FROM idle_expires_at - last_seen_at)
                        + extract(epoch FROM absolute_expires_at - created_at))::bigint
                  FROM authn.sessions";
    assert_eq!(count(&app, ends).await, (14 + 30) * 86_400);
    let seen =
        "SELECT (extract(epoch FROM now() - last_seen_at) > 100)::int::bigint FROM authn.sessions";
    for (age_s, due) in [(290, false), (20, true)] {
        let age = format!(
            "UPDATE authn.sessions SET last_seen_at = last_seen_at - interval '{age_s} s',
                                       idle_expires_at = idle_expires_at - interval '{age_s} s'"
        );
        app.superuser().await.execute(&age).await.unwrap();
        assert_eq!(app.person(&ana).await.touch_due, due);
        touch(&app.base, ana.identity()).await.unwrap();
        assert_eq!(count(&app, seen).await == 1, !due);
        assert_eq!(count(&app, ends).await, (14 + 30) * 86_400);
    }
}
