//! The statement that says who the transaction is, and tells who that is.

use kairo::accounts::bearer::{Secret, Use};
use kairo::accounts::queries::{self, WhoAmI};
use kairo::db::{App, DbError, Door};

use super::statements::{self, Backend, Me, Setting, nobody_is_nobody};
use crate::harness::Kairo;

/// A door that knows it beside the tests' own statements.
fn door(app: &Kairo) -> Door<App> {
    let known = [queries::REGISTRY, statements::REGISTRY];
    Door::open(app.pg_config("kairo_app"), &known).unwrap()
}

// Goal: what comes after it in its batch runs as the person whom it told of, and nothing after
// that.
#[tokio::test]
async fn it_speaks_for_its_batch_alone() {
    let app = Kairo::start().await;
    let (ana, ben) = (app.member("ana@example.org").await, app.member("ben@example.org").await);
    let door = door(&app);
    for actor in [&ana, &ben] {
        let batch = (WhoAmI {}, Me {}, Backend {});
        let (who, me, backend) = door.read(Some(actor.identity()), batch).await.unwrap();
        let told = (who[0].user_id, me[0].user_id);
        let person = app.person(actor).await.user_id;
        assert_eq!(told, (person, person));
        assert_eq!(nobody_is_nobody(&door).await, backend[0].n, "another connection");
    }
}

// Goal: on a connection that has just served somebody, nobody's introduction is nobody's.
#[tokio::test]
async fn nobody_is_told_of_nobody() {
    let app = Kairo::start().await;
    let ana = app.member("ana@example.org").await;
    let door = door(&app);
    let batch = || (WhoAmI {}, Setting {}, Backend {});
    let (_, _, first) = door.read(Some(ana.identity()), batch()).await.unwrap();
    let (who, setting, second) = door.read(None, batch()).await.unwrap();
    assert_eq!((who.len(), setting[0].text.as_str()), (0, ""));
    assert_eq!(first[0].n, second[0].n, "another connection");
}

// Goal: the kind of bearer is said with the secret: a token that is brought as a cookie is nobody.
#[tokio::test]
async fn the_bearer_is_said_with_it() {
    let app = Kairo::start().await;
    let secret = app.sign_in("ana@example.org").await.reveal();
    let door = door(&app);
    for (usage, prefix, rows) in
        [(Use::Token, "kt1_", 0), (Use::Session, "ks1_", 1), (Use::Job, "kj1_", 0)]
    {
        let secret = Secret::parse(usage, &secret.replace("ks1_", prefix)).unwrap();
        let batch = (WhoAmI {}, Me {});
        let (who, me) = door.read(Some(&secret.identity()), batch).await.unwrap();
        assert_eq!((who.len(), me.len()), (rows, rows), "{prefix}");
    }
}

// Goal: an introduction in the midst of a batch is refused, and nothing is sent.
#[tokio::test]
async fn it_comes_first_or_not_at_all() {
    let app = Kairo::start().await;
    let ana = app.member("ana@example.org").await;
    let door = door(&app);
    let before = nobody_is_nobody(&door).await;
    let late = door.read(Some(ana.identity()), (Me {}, WhoAmI {})).await;
    assert!(matches!(late, Err(DbError::Misfit { statement: "WhoAmI", .. })));
    assert_eq!(nobody_is_nobody(&door).await, before);
}
