//! API tokens, made on the host.

use kairo::accounts::bearer::Secret;
use kairo::accounts::email::Email;
use kairo::accounts::sessions::revoke;
use kairo::accounts::tokens::{NewToken, TokenError, create, ring_is_ours};
use kairo::accounts::{SessionKind, caller};
use kairo::clock::{Clock, Random};
use kairo::keys::Keys;
use kairo::limits::KEYS_MAX;
use kairo_vault::{KeyId, KeyRing, SystemEntropy};

use super::*;

fn new(plan: Option<&str>) -> NewToken {
    NewToken {
        email: Email::parse(ANA).unwrap(),
        name: "Backup script".to_owned(),
        plan: plan.map(str::to_owned),
        may_write: true,
        expires_at: None,
    }
}

async fn made(app: &Kairo, new: &NewToken) -> Result<Secret, TokenError> {
    let (base, mut host) = (&app.base, app.superuser().await);
    create(&mut host, &base.keys, &base.ids, &base.random, new).await
}

// Goal: a token makes the account once, sets the plan only when told, and is a bearer of its own
// kind.
#[tokio::test]
async fn a_token_makes_the_account_once() {
    let app = Kairo::start().await;
    let plan = "SELECT (plan = 'pro')::int::bigint FROM authn.users";
    let mut users = Vec::new();
    for (wanted, is_pro) in [(None, 0), (Some("pro"), 1), (None, 1), (Some("free"), 0)] {
        let secret = made(&app, &new(wanted)).await.unwrap();
        assert!(secret.reveal().starts_with("kt1_"));
        let person = caller(&app.base, &secret.identity()).await.unwrap();
        assert_eq!((person.kind, person.may_write), (SessionKind::Key, true));
        users.push(person.user_id);
        assert_eq!(count(&app, plan).await, is_pro);
    }
    users.dedup();
    assert_eq!((users.len(), count(&app, USERS).await), (1, 1));
}

// Goal: an account has fifty tokens; one past is refused, and an ended one makes room.
#[tokio::test]
async fn tokens_have_a_limit() {
    let app = Kairo::start().await;
    let mut tokens = Vec::new();
    for _token in 0..KEYS_MAX {
        tokens.push(made(&app, &new(None)).await.unwrap());
    }
    assert!(matches!(made(&app, &new(None)).await, Err(TokenError::TooMany)));
    let ana = app.member(ANA).await;
    let last = caller(&app.base, &tokens.pop().unwrap().identity()).await.unwrap();
    revoke(&app.base, ana.identity(), last.session_id).await.unwrap();
    made(&app, &new(None)).await.unwrap();
    assert!(matches!(made(&app, &new(None)).await, Err(TokenError::TooMany)));
}

// Goal: neither the secret nor the token's name is in the database as it was typed.
#[tokio::test]
async fn a_tokens_name_is_sealed() {
    let app = Kairo::start().await;
    let secret = made(&app, &new(None)).await.unwrap();
    let host = app.superuser().await;
    let rows = "SELECT s::text || encode(s.name_sealed, 'escape') AS row FROM authn.sessions s";
    let row: String = host.query(rows, &[]).await.unwrap().first().unwrap().get("row");
    assert!(!row.contains("Backup") && !row.contains(&secret.reveal()[4..]));
    assert!(row.contains("key"), "the row was not read");
}

// Goal: another ring of keys is noticed before anything is sealed with it.
#[tokio::test]
async fn another_ring_is_noticed() {
    let app = Kairo::start().await;
    let mut host = app.superuser().await;
    assert!(ring_is_ours(&mut host, &app.base.keys).await.unwrap());
    let id = KeyId::from_bytes(Random::system().bytes().unwrap());
    let now = Clock::system().now().to_string();
    let ring = KeyRing::generate(id, &now, &SystemEntropy::new()).unwrap();
    assert!(!ring_is_ours(&mut host, &Keys::new(ring).unwrap()).await.unwrap());
    assert!(ring_is_ours(&mut host, &app.base.keys).await.unwrap());
}
