//! The public pages: what each state looks like, what stands there without a database, and that
//! the checks which read these pages over the wire would find what they look for.

use jiff::{SignedDuration, Timestamp};
use kairo::clock::{Clock, Ids, Random};
use kairo::config::Plans;
use kairo::trust::controls::Catalogue;
use kairo::trust::controls::evidence::sign_root;
use kairo::trust::controls::queries::EvidenceRecord;
use kairo::trust::controls::statements::NewStatement;
use serde_json::{Value, json};

use crate::harness::page::{between, unescape};
use crate::harness::upstream::Upstream;
use crate::harness::{Kairo, PROGRAM};

/// Evidence of a check, as its runner writes it.
async fn record(app: &Kairo, check: &str, outcome: &str) {
    let check = app.site.security.catalogue.check(check).unwrap();
    let is_pass = outcome == "pass";
    let statement = EvidenceRecord {
        env: "production".to_owned(),
        check: check.id.clone(),
        version: check.version,
        catalogue: Catalogue::digest().to_vec(),
        program: PROGRAM.to_vec(),
        took_ms: 12,
        counts_s: check.max_age.as_secs(),
        outcome: outcome.to_owned(),
        population: 41,
        tested: if outcome == "inconclusive" { 0 } else { 41 },
        violations: if outcome == "fail" { 2 } else { 0 },
        reason: if outcome == "inconclusive" { "nothing answered".into() } else { String::new() },
        detail: json!({ "violations": if is_pass { "" } else { "app.secret_table" } }),
    };
    app.base.db.worker.write(None, statement).await.unwrap();
}

/// Evidence of every check that runs.
async fn record_all(app: &Kairo) {
    for check in &app.site.security.catalogue.checks {
        record(app, &check.id, "pass").await;
    }
}

/// Somebody's word about a claim.
async fn state(app: &Kairo, claim: &str, is_exception: bool) {
    let now = Clock::system().now();
    let statement = NewStatement {
        id: Ids::new(Clock::system(), Random::system()).next().unwrap(),
        is_exception,
        claim: claim.to_owned(),
        source: "provider report".to_owned(),
        owner: "security".to_owned(),
        reason: "The proxy <is> replaced".to_owned(),
        until: now + SignedDuration::from_hours(24 * 60),
    };
    let mut host = app.superuser().await;
    statement.make(&mut host, &app.site.security.catalogue, now).await.unwrap();
}

/// Changes evidence as nobody in service can.
async fn tamper(app: &Kairo, change: &str) {
    app.superuser().await.execute(change).await.unwrap();
}

/// The state and the words of a claim's mark on the page.
async fn mark(app: &Kairo, claim: &str) -> (String, String) {
    let page = app.anonymous().get("/security").await.is(200);
    mark_of(page.text(), claim)
}

fn mark_of(page: &str, claim: &str) -> (String, String) {
    let link = format!("\" href=\"/security/{claim}\">");
    let (before, after) = page.split_once(&link).unwrap();
    let state = before.rsplit_once("data-state=\"").unwrap().1;
    let told = between(after, "</span><b>", "</span>")[0].replace("</b>", "");
    (state.to_owned(), unescape(&told))
}

fn said(state: &str, words: &str) -> (String, String) {
    (state.to_owned(), words.to_owned())
}

/// A page's words, one space apart.
fn words(page: &str) -> String {
    let text: String =
        page.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect();
    unescape(&text).split_whitespace().collect::<Vec<_>>().join(" ")
}

// Goal: before anything ran nothing is verified, and whoever runs it has stated nothing.
#[tokio::test]
async fn nothing_is_verified_at_first() {
    let app = Kairo::start().await;
    let page = app.anonymous().get("/security").await.is(200);
    assert!(page.text().contains("<span class=\"figures\">0 of 97</span> claims verified now"));
    assert!(!page.text().contains("data-state=\"pass\""));
    assert!(page.text().contains("has not stated: entity, security address, database service"));
    assert_eq!(mark_of(page.text(), "2.1"), said("never", "Not run yet"));
    assert_eq!(mark_of(page.text(), "2.4"), said("progress", "In progress, not done yet"));
}

// Goal: a pass is verified with its count; a failure after it is plain, and says nothing of what.
#[tokio::test]
async fn evidence_is_shown() {
    let app = Kairo::start().await;
    record(&app, "db.rls_forced", "pass").await;
    record(&app, "db.runtime_roles", "pass").await;
    assert_eq!(mark(&app, "2.1").await, said("pass", "Verified just now, 41 of 41 tables"));
    record(&app, "db.rls_forced", "fail").await;
    let (state, told) = mark(&app, "2.1").await;
    assert_eq!(state, "fail");
    assert!(told.starts_with("Failing since "), "{told}");
    assert!(told.ends_with(" UTC, being worked on"), "{told}");
    for path in ["/security", "/security/2.1", "/security.json", "/security/criteria"] {
        let page = app.anonymous().get(path).await.is(200);
        assert!(!page.text().contains("secret_table"), "{path}");
    }
    record(&app, "db.runtime_roles", "inconclusive").await;
    record(&app, "db.rls_forced", "pass").await;
    assert_eq!(mark(&app, "2.1").await, said("inconclusive", "Could not tell: nothing answered"));
}

// Goal: since when something stands as it does is the first run of those that came to the same.
#[tokio::test]
async fn a_state_has_its_beginning() {
    let app = Kairo::start().await;
    let since = async || {
        let said = app.anonymous().get("/security.json").await.is(200).json();
        let claims = said["claims"].as_array().unwrap().clone();
        let claim = claims.into_iter().find(|claim| claim["id"] == "2.1").unwrap();
        let since: Timestamp = claim["checks"][0]["since"].as_str().unwrap().parse().unwrap();
        since
    };
    let runs = ["pass", "pass", "fail", "fail", "inconclusive", "fail", "pass", "pass"];
    let begins = [1, 1, 3, 3, 5, 6, 7, 7];
    for (index, outcome) in runs.into_iter().enumerate() {
        record(&app, "db.rls_forced", outcome).await;
        let host = app.superuser().await;
        let row = "SELECT observed_at FROM trust.evidence WHERE seq = $1";
        let seq: i64 = begins[index];
        let begun: Timestamp = host.query(row, &[&seq]).await.unwrap()[0].get(0);
        assert_eq!(since().await, begun, "after run {}", index + 1);
    }
}

// Goal: nobody has to do anything for old evidence to stop counting.
#[tokio::test]
async fn evidence_goes_stale_by_itself() {
    let app = Kairo::start().await;
    record_all(&app).await;
    tamper(&app, "UPDATE trust.evidence SET expires_at = now() - interval '20 days'").await;
    let (state, told) = mark(&app, "2.1").await;
    assert_eq!(state, "stale");
    assert!(told.starts_with("Not verified since "), "{told}");
    assert!(told.ends_with(", expected every minute"), "{told}");
    let page = app.anonymous().get("/security").await.is(200);
    assert!(!page.text().contains("data-state=\"pass\""));
}

// Goal: a clock that was moved ahead makes no evidence that lasts.
#[tokio::test]
async fn evidence_from_the_future_tells_nothing() {
    let app = Kairo::start().await;
    record_all(&app).await;
    let ahead = "UPDATE trust.evidence SET observed_at = now() + interval '3 minutes',
                 expires_at = now() + interval '9 years'";
    tamper(&app, ahead).await;
    let (state, told) = mark(&app, "2.1").await;
    assert_eq!((state.as_str(), &told[..15]), ("inconclusive", "Could not tell:"));
    assert!(told.contains("a clock was moved"), "{told}");
}

// Goal: what is in progress is not verified, whatever evidence there is of any check.
#[tokio::test]
async fn in_progress_is_never_verified() {
    let app = Kairo::start().await;
    record_all(&app).await;
    let page = app.anonymous().get("/security").await.is(200);
    let mut seen = 0;
    for claim in app.site.security.catalogue.claims() {
        if claim.lifecycle.word() == "in_progress" {
            seen += 1;
            let mark = mark_of(page.text(), &claim.id);
            assert_eq!(mark, said("progress", "In progress, not done yet"), "{}", claim.id);
        }
    }
    assert!(seen > 0);
}

// Goal: a person's word and an exception are shown as what they are, and escaped.
#[tokio::test]
async fn words_of_people_are_shown_as_such() {
    let app = Kairo::start().await;
    record_all(&app).await;
    state(&app, "1.6", false).await;
    state(&app, "2.1", true).await;
    let (state, told) = mark(&app, "1.6").await;
    assert_eq!(state, "attested");
    assert!(told.starts_with("Attested ") && told.contains(", provider report, to "), "{told}");
    let (state, told) = mark(&app, "2.1").await;
    assert_eq!(state, "exception");
    assert!(told.ends_with(": The proxy <is> replaced"), "{told}");
    let opened = app.anonymous().get("/security/2.1").await.is(200);
    assert!(opened.text().contains("This gap is known and accepted until "));
    assert!(!opened.text().contains("data-state=\"pass\" href=\"/security/2.1\""));
}

// Goal: without a database the whole text is there, and says of every check that it cannot tell.
#[tokio::test]
async fn the_text_stands_without_a_database() {
    let mut app = Kairo::start().await;
    record_all(&app).await;
    app.stop_database();
    let page = app.anonymous().get("/security").await.is(503);
    assert_eq!(page.header("retry-after"), "5");
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    let away = said("inconclusive", "Could not tell: Kairo cannot reach its database");
    assert_eq!(mark_of(page.text(), "2.1"), away);
    assert_eq!(mark_of(page.text(), "2.4").0, "progress");
    assert_eq!(mark_of(page.text(), "9.10").0, "commitment");
    assert!(page.text().contains("<span class=\"figures\">0 of 97</span> claims verified now"));
    assert!(!page.text().contains("data-state=\"pass\""));
    assert_whole(&app, page.text());
    let said = app.anonymous().get("/security.json").await.is(503).json();
    assert_eq!(said["claims"].as_array().unwrap().len(), 97);
    assert_eq!(said["totals"]["by_state"]["pass"], 0);
    app.anonymous().get("/security/2.1").await.is(503);
    app.anonymous().get("/security/criteria").await.is(503);
    app.anonymous().get("/privacy").await.is(200);
}

/// Every sentence stands on the page, word for word, and nothing in progress is verified.
fn assert_whole(app: &Kairo, page: &str) {
    let (shown, security) = (words(page), &app.site.security);
    for (_, sentence) in security.catalogue.sentences() {
        let text = security.facts.fill(&sentence.text);
        assert!(text.starts_with('{') || shown.contains(&text), "the page lacks: {text}");
    }
    let version = security.catalogue.version().unwrap();
    for date in [version.updated, version.effective] {
        assert!(page.contains(&format!("<time datetime=\"{date}\">")), "{date}");
    }
}

// Goal: what the checks of these pages look for is there: sentences, dates, links, names.
#[tokio::test]
async fn the_pages_hold_what_they_are_checked_for() {
    let app = Kairo::start().await;
    let stranger = app.anonymous();
    let security = stranger.get("/security").await.is(200);
    assert_whole(&app, security.text());
    assert!(security.text().contains("<a href=\"/privacy\">Privacy policy</a>"));
    let privacy = stranger.get("/privacy").await.is(200);
    assert!(privacy.text().contains("<section id=\"breach\""));
    assert!(words(privacy.text()).contains("within 72 hours of confirmation"));
    let file = stranger.get("/.well-known/security.txt").await.is(200);
    let mail = format!("mailto:{}", app.site.security.facts.value("security_address"));
    for page in [&security, &privacy, &file] {
        assert!(page.text().contains(&mail));
        assert!(page.text().contains(app.site.security.facts.value("entity")));
    }
    let criteria = words(stranger.get("/security/criteria").await.is(200).text());
    for criterion in &app.site.security.catalogue.criteria {
        let has = criteria.split(' ').any(|word| word == criterion.id);
        assert!(has, "{} is not listed", criterion.id);
    }
}

// Goal: programs read the same as people.
#[tokio::test]
async fn json_equals_the_page() {
    let app = Kairo::start().await;
    record_all(&app).await;
    record(&app, "db.grants_expected", "fail").await;
    state(&app, "1.6", false).await;
    state(&app, "1.3", true).await;
    let page = app.anonymous().get("/security").await.is(200);
    let answer = app.anonymous().get("/security.json").await.is(200);
    assert_eq!(answer.header("content-type"), "application/json");
    assert!(answer.text().contains("\"stated\":false"));
    let said = answer.json();
    let claims = said["claims"].as_array().unwrap();
    assert_eq!(claims.len(), 97);
    for claim in claims {
        let shown = mark_of(page.text(), claim["id"].as_str().unwrap()).0;
        let state = match claim["lifecycle"].as_str().unwrap() {
            "in_progress" => "progress",
            _ => claim["state"].as_str().unwrap(),
        };
        assert_eq!(shown, state, "{claim}");
    }
    let verified = said["totals"]["by_state"]["pass"].as_u64().unwrap();
    assert!(verified > 10, "{verified}");
    let headline = format!("<span class=\"figures\">{verified} of 97</span>");
    assert!(page.text().contains(&headline));
    let failing = claims.iter().find(|claim| claim["id"] == "2.10").unwrap();
    assert_eq!((&failing["held"], &failing["population"]), (&json!(39), &json!(41)));
}

// Goal: a claim opens with its sentence, its evidence and its neighbours; another id is nothing.
#[tokio::test]
async fn a_claim_opens() {
    let app = Kairo::start().await;
    record(&app, "db.rls_forced", "pass").await;
    record(&app, "db.runtime_roles", "pass").await;
    let page = app.anonymous().get("/security/2.1").await.is(200);
    assert_eq!(page.text().matches("aria-current=\"true\"").count(), 1);
    assert!(page.text().contains("41 of 41 tables tested, 0 at fault."));
    assert!(page.text().contains("ALTER TABLE app.items DISABLE ROW LEVEL SECURITY"));
    assert!(page.text().contains("role=\"img\" aria-label=\"The last 90 days: verified on 1, "));
    assert!(page.text().contains("rel=\"prev\" href=\"/security/1.13\""));
    assert!(page.text().contains("rel=\"next\" href=\"/security/2.2\""));
    for claim in app.site.security.catalogue.claims() {
        app.anonymous().get(&format!("/security/{}", claim.id)).await.is(200);
    }
    for id in ["2.99", "2", "criteria.", "2.1%27", "%00"] {
        app.anonymous().get(&format!("/security/{id}")).await.is(404);
    }
}

// Goal: nobody's session is read; a cookie, live or not, changes the links at the top alone.
#[tokio::test]
async fn a_session_only_moves_the_links() {
    let app = Kairo::start().await;
    let ana = app.member("ana@example.org").await;
    let page = ana.get("/security").await.is(200);
    assert!(page.text().contains("<a href=\"/inbox\">Inbox</a>"));
    assert!(!page.text().contains("ana@example.org"));
    assert!(!page.text().contains("href=\"/sign-in\""));
    let stranger = app.anonymous().get("/security").await.is(200);
    assert!(stranger.text().contains("href=\"/sign-in\""));
    assert!(!stranger.text().contains("href=\"/inbox\""));
}

// Goal: security.txt counts for half a year, names the site's own address, and is plain text.
#[tokio::test]
async fn security_txt_is_as_rfc_9116_wants() {
    let app = Kairo::start().await;
    let file = app.anonymous().get("/.well-known/security.txt").await.is(200);
    assert_eq!(file.header("content-type"), "text/plain; charset=utf-8");
    let line = |name: &str| {
        let lines: Vec<_> =
            file.text().lines().filter_map(|line| line.strip_prefix(name)).collect();
        assert_eq!(lines.len(), 1, "{name} in {}", file.text());
        lines[0].to_owned()
    };
    assert_eq!(line("Contact: "), "mailto:security@heykairo.io");
    assert_eq!(line("Canonical: "), "https://localhost:8443/.well-known/security.txt");
    assert_eq!(line("Policy: "), "https://localhost:8443/security#s9");
    assert_eq!(line("Preferred-Languages: "), "en");
    let expires: Timestamp = line("Expires: ").parse().unwrap();
    let days = expires.duration_since(app.base.clock.now()).as_hours() / 24;
    assert!((179..=180).contains(&days), "{days}");
}

// Goal: the signed roots can be kept by anybody, and are those of the record.
#[tokio::test]
async fn roots_are_published() {
    let app = Kairo::start().await;
    record(&app, "db.rls_forced", "pass").await;
    assert!(sign_root(&app.base, "production").await.unwrap());
    let answer = app.anonymous().get("/.well-known/kairo-evidence.json").await.is(200);
    let said = answer.json();
    assert_eq!((&said["env"], &said["algorithm"]), (&json!("production"), &json!("ed25519")));
    let root = &said["roots"][0];
    let length = |name: &str| root[name].as_str().map(str::len);
    assert_eq!(root["seq"], 1);
    let lengths = [length("hash"), length("signer"), length("signature")];
    assert_eq!(lengths, [Some(64), Some(64), Some(128)]);
    assert_eq!(said["roots"].as_array().map(Vec::len), Some(1));
    assert_ne!(root["day"], Value::Null);
}

// Goal: the policy's numbers are those of the code, and its cookies those of the site.
#[tokio::test]
async fn the_policy_says_what_the_code_does() {
    let app = Kairo::start_with(|settings| settings.outbox_page = false).await;
    let page = app.anonymous().get("/privacy").await.is(200);
    let shown = words(page.text());
    for words in [
        "and 30 days more, in which you can bring it back",
        "The link and the code work for 10 minutes.",
        "A session ends after 14 days without use and after 30 days in any case.",
        "__Host-kairo-8443",
        "__Host-kairo-asked-8443",
        "__Host-kairo-notice-8443",
        "Who carries mail: Resend.",
        "AI providers: none is asked today.",
    ] {
        assert!(shown.contains(words), "{words} in {shown}");
    }
    for law in ["CCPA/CPRA", "VCDPA", "CPA, Colorado", "CTDPA", "UCPA"] {
        assert!(shown.contains(law), "{law}");
    }
}

// Goal: where a provider of models is set, the policy names it, and says what it gets.
#[tokio::test]
async fn the_policy_names_who_is_asked() {
    let upstream = Upstream::start().await;
    let provider = (upstream.settings(), Plans::default());
    let app = Kairo::start_with(|settings| settings.ai = Some(provider)).await;
    let shown = words(app.anonymous().get("/privacy").await.is(200).text());
    assert!(!shown.contains("none is asked"), "{shown}");
    for words in [
        "AI providers: 127.0.0.1, on this machine.",
        "that thought and the day of the week are sent to a model there",
        "24 hours, or until you have it forgotten",
    ] {
        assert!(shown.contains(words), "{words} in {shown}");
    }
}

// Goal: what the limits say of removal is what the database's own functions do.
#[tokio::test]
async fn removal_is_as_the_limits_say() {
    let app = Kairo::start().await;
    let host = app.superuser().await;
    let source = "SELECT string_agg(prosrc, '') FROM pg_proc
                   WHERE proname IN ('sessions_purge', 'proof_begin')";
    let rows = host.query(source, &[]).await.unwrap();
    let source: String = rows[0].get(0);
    let days = |seconds: i64| seconds / 86_400;
    let kept = days(kairo::limits::ENDED_SESSION_KEPT_S);
    assert!(source.contains(&format!("ELSE interval '{kept} days'")), "{source}");
    let proofs = days(kairo::limits::PROOF_KEPT_S);
    assert!(source.contains(&format!("expires_at < t - interval '{proofs} day'")), "{source}");
}
