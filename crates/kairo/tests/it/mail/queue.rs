//! The queue itself: sealed while it waits, one holder at a time, bounded, and empty afterwards.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use jiff::Timestamp;
use kairo::accounts::queries::ProofAsk;
use kairo::db::Db;
use kairo::limits::{
    MAIL_ATTEMPTS_MAX, MAIL_CONCURRENCY_MAX, MAIL_LEASE_S, MAIL_LETTER_BYTES_MAX, MAIL_SEND_MAX,
};
use kairo::mail::queries::{Claimed, MailClaim, MailRecord};
use kairo::mail::{Letter, SealError};

use super::*;

fn letter(text: &str) -> Letter {
    Letter {
        to: ANA.to_owned(),
        subject: "S".to_owned(),
        text: text.to_owned().into(),
        link: String::new().into(),
        code: String::new().into(),
        at: Timestamp::UNIX_EPOCH,
    }
}

/// Plants letters that are due.
async fn fill(app: &Kairo, letters: usize) {
    let sql = format!(
        "INSERT INTO mail.letters (id, purpose, sealed, address_macs, expires_at)
         SELECT gen_random_uuid(), 'sign_in', decode(repeat('00', 64), 'hex'), ARRAY[sha256('a')],
                now() + interval '10 minutes' FROM generate_series(1, {letters})"
    );
    plant(app, &sql).await;
}

async fn claim(db: &Db) -> Vec<Claimed> {
    db.worker.write(None, MailClaim { limit: 1_000 }).await.unwrap()
}

async fn record(app: &Kairo, held: &Claimed, outcome: &str, wait_ms: i64) -> bool {
    let record = MailRecord {
        id: held.id,
        attempt: held.attempt,
        outcome: outcome.to_owned(),
        error: Some("busy".to_owned()),
        provider_id: None,
        wait_ms,
    };
    app.base.db.worker.write(None, record).await.unwrap()[0].recorded
}

/// Every row of the schemas whose names match, as text; bytes are in hex.
async fn everything(app: &Kairo, schemas: &str) -> String {
    let host = app.superuser().await;
    let tables = "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables
                   WHERE table_schema ~ $1 AND table_type = 'BASE TABLE'";
    let mut all = String::new();
    for table in host.query(tables, &[&schemas]).await.unwrap() {
        let sql = format!("SELECT t::text FROM {} t", table.get::<_, String>(0));
        for row in host.query(&sql, &[]).await.unwrap() {
            all.push_str(&row.get::<_, String>(0));
        }
    }
    all.to_lowercase()
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

// Goal: while a letter waits, no column of any table holds its subject, its words, its link or its
// code, and no column of mail its address; the same search finds the address where it is meant.
#[tokio::test]
async fn a_letter_that_waits_is_sealed() {
    let app = undelivered().await;
    ask(&app, ANA).await.unwrap();
    let row = rows(&app).await.pop().unwrap();
    assert!(row.is_sealed && row.state == "queued", "{row:?}");
    let all = everything(&app, "^(app|authn|mail|ops)$").await;
    let mail = everything(&app, "^mail$").await;
    assert!(mail.contains(&row.id) && all.contains(ANA), "the search finds nothing");
    for word in ["your link and code", "open this link", "sign-in/link", "#t="] {
        assert!(!all.contains(word) && !all.contains(&hex(word)), "{word}");
    }
    assert!(!mail.contains(ANA) && !mail.contains(&hex(ANA)) && !mail.contains("example"));
}

// Goal: once a letter has left, its row says so and holds nothing of it.
#[tokio::test]
async fn a_letter_that_left_is_erased() {
    let app = Kairo::start().await;
    ask(&app, ANA).await.unwrap();
    assert_eq!(app.letter(ANA).await.subject, "Your link and code for Kairo");
    let row = comes_to(&app, "sent").await;
    assert_eq!((row.is_sealed, row.attempts, row.error), (false, 1, None));
    let erased = app.superuser().await;
    let undone = erased.execute("UPDATE mail.letters SET sealed = decode(repeat('00', 64), 'hex')");
    assert!(undone.await.is_err(), "a finished row takes no letter back");
}

// Goal: proof and letter are one: where the letter cannot be kept, there is no proof either, and
// the address has not used up its share.
#[tokio::test]
async fn no_proof_without_its_letter() {
    let app = undelivered().await;
    let id = app.base.ids.next().unwrap();
    let statement = |sealed: usize| ProofAsk {
        id,
        email: ANA.to_owned(),
        sources: vec![vec![0; 32]],
        earlier_binding_hash: None,
        link_hash: vec![1; 32],
        binding_hash: vec![2; 32],
        code_mac: vec![3; 32],
        letter: id,
        sealed: vec![0; sealed],
        address_macs: vec![vec![4; 32]],
    };
    let most = MAIL_LETTER_BYTES_MAX + 64;
    assert!(app.base.db.login.write(None, statement(most + 1)).await.is_err());
    assert!(app.base.db.login.write(None, statement(63)).await.is_err());
    let proofs = "SELECT FROM authn.proofs UNION ALL SELECT FROM authn.proof_budgets";
    assert!(app.superuser().await.query(proofs, &[]).await.unwrap().is_empty());
    let kept = app.base.db.login.write(None, statement(most)).await.unwrap();
    assert_eq!((kept[0].outcome.as_str(), rows(&app).await.len()), ("sent", 1));
}

// Goal: one byte past the longest letter is refused before anything is kept.
#[tokio::test]
async fn one_past_the_longest_letter() {
    let app = undelivered().await;
    let id = app.base.ids.next().unwrap();
    let frame = serde_json::to_vec(&letter("")).unwrap().len();
    let most = "x".repeat(MAIL_LETTER_BYTES_MAX - frame);
    assert!(app.site.mailer.seal(id, &letter(&most)).is_ok());
    let more = app.site.mailer.seal(id, &letter(&format!("{most}x")));
    assert!(matches!(more, Err(SealError::TooLong)));
}

// Goal: one look takes as many letters as one node may send at once and not one more, and what is
// held is nobody else's.
#[tokio::test]
async fn one_past_a_batch() {
    let app = undelivered().await;
    fill(&app, MAIL_CONCURRENCY_MAX + 1).await;
    let taken: Vec<usize> =
        [claim(&app.base.db).await, claim(&app.base.db).await, claim(&app.base.db).await]
            .map(|batch| batch.len())
            .into();
    assert_eq!(taken, [MAIL_CONCURRENCY_MAX, 1, 0]);
}

// Goal: many who look at once hold no letter twice, and leave none.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_letter_has_two_holders() {
    let app = undelivered().await;
    fill(&app, 200).await;
    let lookers = (0..8).map(|_| async {
        let db = Db::open(|role| app.pg_config(role), kairo::STATEMENTS, kairo::QUOTA_STATEMENTS)
            .unwrap();
        let mut held = Vec::new();
        loop {
            let batch = claim(&db).await;
            if batch.is_empty() && rows(&app).await.iter().all(|row| row.state == "sending") {
                return held;
            }
            held.extend(batch.into_iter().map(|it| it.id));
        }
    });
    let held: Vec<_> = join_all(lookers).await.into_iter().flatten().collect();
    let different: BTreeSet<_> = held.iter().collect();
    assert_eq!((held.len(), different.len()), (200, 200));
}

// Goal: a letter is taken again once its lease has ended, not before, and the former holder can no
// longer say what became of it.
#[tokio::test]
async fn a_lease_ends() {
    let app = undelivered().await;
    fill(&app, 1).await;
    let first = claim(&app.base.db).await.pop().unwrap();
    let left = "SELECT extract(epoch FROM lease_until - now())::float8 FROM mail.letters";
    let left: f64 = app.superuser().await.query(left, &[]).await.unwrap()[0].get(0);
    assert!(left <= MAIL_LEASE_S as f64 && left > MAIL_SEND_MAX.as_secs_f64() * 2.0, "{left}");
    assert!(claim(&app.base.db).await.is_empty());
    plant(&app, "UPDATE mail.letters SET lease_until = now()").await;
    let second = claim(&app.base.db).await.pop().unwrap();
    assert_eq!((second.id, first.attempt, second.attempt), (first.id, 1, 2));
    assert!(!record(&app, &first, "sent", 0).await, "the lease is another's");
    assert!(record(&app, &second, "sent", 0).await);
    assert!(!record(&app, &second, "failed", 0).await, "it is finished");
    assert_eq!(comes_to(&app, "sent").await.attempts, 2);
}

// Goal: after the last attempt there is no other: neither where that failed, nor where its node
// died; and what is given up is erased.
#[tokio::test]
async fn one_past_the_last_attempt() {
    let app = undelivered().await;
    for dies in [false, true] {
        plant(&app, "DELETE FROM mail.letters").await;
        fill(&app, 1).await;
        for attempt in 1..=MAIL_ATTEMPTS_MAX {
            let held = claim(&app.base.db).await.pop().unwrap();
            assert_eq!(held.attempt, attempt);
            match dies {
                true => plant(&app, "UPDATE mail.letters SET lease_until = now()").await,
                false => assert!(record(&app, &held, "later", 0).await),
            }
        }
        assert!(claim(&app.base.db).await.is_empty());
        let row = comes_to(&app, "failed").await;
        let why = if dies { "abandoned" } else { "busy" };
        assert_eq!((row.error.as_deref(), row.is_sealed), (Some(why), false));
    }
}

// Goal: a letter that came to its end is dropped and not sent, whether it waits, its node died, or
// its next attempt would come too late.
#[tokio::test]
async fn what_is_past_its_end_is_dropped() {
    let app = undelivered().await;
    let end = "UPDATE mail.letters SET expires_at = now(), lease_until = now() - interval '1 s'
                WHERE state = 'sending'; UPDATE mail.letters SET expires_at = now()";
    for held in [false, true] {
        fill(&app, 1).await;
        let taken = if held { claim(&app.base.db).await.len() } else { 0 };
        plant(&app, end).await;
        assert!(claim(&app.base.db).await.is_empty());
        let row = comes_to(&app, "failed").await;
        assert_eq!((row.error.as_deref(), row.is_sealed), (Some("expired"), false), "{taken}");
    }
    fill(&app, 1).await;
    let held = claim(&app.base.db).await.pop().unwrap();
    assert!(record(&app, &held, "later", 600_001).await);
    assert!(rows(&app).await.iter().all(|row| row.state == "failed" && !row.is_sealed));
}

// Goal: an address that was shut off before the root key changed gets no mail after it either.
#[tokio::test]
async fn a_suppression_outlives_a_rotation() {
    let app = undelivered().await;
    fill(&app, 2).await;
    let shut = "INSERT INTO mail.suppressions VALUES (sha256('a'), 'bounced');
                UPDATE mail.letters SET address_macs = ARRAY[sha256('b'), sha256('a')]
                 WHERE id = (SELECT min(id::text)::uuid FROM mail.letters);
                UPDATE mail.letters SET address_macs = ARRAY[sha256('b')]
                 WHERE cardinality(address_macs) = 1";
    plant(&app, shut).await;
    assert_eq!(claim(&app.base.db).await.len(), 1);
    let mut states: Vec<String> = rows(&app).await.into_iter().map(|row| row.state).collect();
    states.sort();
    assert_eq!(states, ["sending", "suppressed"]);
}

// Goal: letters and events are kept for 30 days after they ended, and what waits is not removed.
#[tokio::test]
async fn what_ended_is_removed_after_thirty_days() {
    let app = undelivered().await;
    plant(
        &app,
        "INSERT INTO mail.letters (id, purpose, sealed, address_macs, state, created_at, expires_at)
         SELECT gen_random_uuid(), 'sign_in', CASE state WHEN 'queued' THEN decode(repeat('00', 64),
                'hex') END, ARRAY[sha256('a')], state, now() - days * interval '1 day', now()
           FROM (VALUES ('failed', 31), ('suppressed', 31), ('failed', 29), ('queued', 31))
                planted (state, days);
         INSERT INTO mail.events VALUES (sha256('a'), now() - interval '31 days'),
                                        (sha256('b'), now() - interval '29 days')",
    )
    .await;
    kairo::capture::purge::purge(&app.base).await.unwrap();
    let left: Vec<String> = rows(&app).await.into_iter().map(|row| row.state).collect();
    assert_eq!(left, ["queued", "failed"]);
    let events = app.superuser().await.query("SELECT FROM mail.events", &[]).await.unwrap();
    assert_eq!(events.len(), 1);
}

// Goal: a letter that was moved to another row, or changed, is not sent to whoever wrote it there.
#[tokio::test]
async fn a_damaged_letter_is_given_up() {
    let (app, resend) = with_resend().await;
    fill(&app, 1).await;
    app.site.mailer.wake();
    let row = comes_to(&app, "failed").await;
    assert_eq!((row.error.as_deref(), row.is_sealed), (Some("damaged"), false));
    assert!(resend.asked().is_empty());
}
