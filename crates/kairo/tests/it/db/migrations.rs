//! The runner of migrations, and that row-level security is forced whenever it is not running.

use std::fs;
use std::path::Path;

use kairo::db::Host;
use kairo::db::migrate::{self, MIGRATIONS, MigrateError, Migration};
use uuid::Uuid;

use crate::harness::Kairo;
use crate::harness::cluster::{DATABASE, Private};

/// The product's steps and one more.
fn with(name: &'static str, sql: &'static str) -> Vec<Migration> {
    let steps = MIGRATIONS.iter().map(|step| Migration { name: step.name, sql: step.sql });
    steps.chain([Migration { name, sql }]).collect()
}

async fn one<T: for<'a> tokio_postgres::types::FromSql<'a>>(host: &Host, sql: &str) -> T {
    host.query(sql, &[]).await.unwrap().first().unwrap().get(0)
}

const UNFORCED: &str = "
    SELECT count(*) FROM pg_class
     WHERE relkind = 'r' AND relnamespace::regnamespace::text IN ('app', 'authn')
       AND NOT (relrowsecurity AND relforcerowsecurity)";

// Goal: the list of steps is the folder, in order, without a gap in the numbers.
#[test]
fn the_list_is_the_folder() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let mut files: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    let names: Vec<String> = MIGRATIONS.iter().map(|step| format!("{}.sql", step.name)).collect();
    assert_eq!(names, files);
    for (number, name) in (1..).zip(&names) {
        assert!(name.starts_with(&format!("{number:04}_")), "{name} is not number {number}");
    }
}

// Goal: an empty server becomes a Kairo in one run, and a second run finds nothing to do.
#[tokio::test]
async fn migrating_twice_changes_nothing() {
    let private = tokio::task::spawn_blocking(Private::start_empty).await.unwrap();
    let server = Host::connect(private.pg_config_of("kairo_super", "postgres")).await.unwrap();
    for _first_and_second in 0..2 {
        migrate::ensure_database(&server, DATABASE).await.unwrap();
    }
    let mut host = Host::connect(private.pg_config("kairo_super")).await.unwrap();
    let names: Vec<&str> = MIGRATIONS.iter().map(|step| step.name).collect();
    assert_eq!(migrate::run(&mut host).await.unwrap(), names);
    assert_eq!(migrate::run(&mut host).await.unwrap(), Vec::<&str>::new());
    assert_eq!(one::<i64>(&host, UNFORCED).await, 0);
    assert_eq!(one::<String>(&host, "SHOW server_encoding").await, "UTF8");
}

// Goal: two Kairos that start at once on one database migrate one after the other.
#[tokio::test]
async fn two_migrate_at_once() {
    let app = Kairo::start().await;
    let (mut a, mut b) = (app.superuser().await, app.superuser().await);
    let step = || with("0999_x", "SELECT pg_sleep(0.2); CREATE TABLE app.x (a int);");
    let (steps_a, steps_b) = (step(), step());
    let (a, b) =
        tokio::join!(migrate::run_steps(&mut a, &steps_a), migrate::run_steps(&mut b, &steps_b));
    assert_eq!(a.unwrap().len() + b.unwrap().len(), 1);
}

// Goal: a file that was changed after it had been applied, and a database of a newer Kairo, are
// refused by name, and nothing is run.
#[tokio::test]
async fn another_history_is_refused() {
    let app = Kairo::start().await;
    let mut host = app.superuser().await;
    let mut steps = with("0999_x", "CREATE TABLE app.x (a int);");
    steps.get_mut(2).unwrap().sql = "SELECT 1;";
    let changed = migrate::run_steps(&mut host, &steps).await;
    assert!(matches!(changed, Err(MigrateError::Changed(name)) if name == "0003_users_create"));
    assert!(one::<bool>(&host, "SELECT to_regclass('app.x') IS NULL").await);
    let steps = with("0999_x", "CREATE TABLE app.x (a int);");
    assert_eq!(migrate::run_steps(&mut host, &steps).await.unwrap(), ["0999_x"]);
    let newer = migrate::run(&mut host).await;
    assert!(matches!(newer, Err(MigrateError::Newer(name)) if name == "0999_x"));
}

// Goal: a step that fails leaves nothing of itself, keeps security forced, and can be run again.
#[tokio::test]
async fn a_failing_step_leaves_nothing() {
    let app = Kairo::start().await;
    let mut host = app.superuser().await;
    let broken = with("0999_x", "-- reads: app.items\nCREATE TABLE app.x (a int); SELECT 1 / 0;");
    let failed = migrate::run_steps(&mut host, &broken).await;
    assert!(matches!(failed, Err(MigrateError::Step { name: "0999_x", .. })));
    assert!(one::<bool>(&host, "SELECT to_regclass('app.x') IS NULL").await);
    assert_eq!(one::<i64>(&host, UNFORCED).await, 0);
    let mended = with("0999_x", "-- reads: app.items\nCREATE TABLE app.x (a int);");
    let mut other = app.superuser().await;
    assert_eq!(migrate::run_steps(&mut other, &mended).await.unwrap(), ["0999_x"]);
}

/// A foreign key that a planted row violates, added by the owner, as on a server where the
/// migrating user is no superuser.
macro_rules! key_to_settings {
    ($first_line:literal) => {
        concat!(
            $first_line,
            "\nSET LOCAL ROLE kairo_owner;\n",
            "ALTER TABLE app.captures ADD CONSTRAINT captures_settings\n",
            "    FOREIGN KEY (user_id) REFERENCES app.settings (user_id);\n",
            "RESET ROLE;"
        )
    };
}

async fn plant_orphan(app: &Kairo, host: &Host) {
    app.member("ana@example.org").await;
    let user: Uuid = one(host, "SELECT id FROM authn.users").await;
    let plant = format!(
        "DELETE FROM app.settings;
         INSERT INTO app.captures (id, user_id, text_sealed, reader_version, confidence,
                                   reference_local, zone)
         VALUES ('{user}', '{user}', 'x', '1', 'sure', now(), 'UTC')"
    );
    host.execute(&plant).await.unwrap();
}

// Goal: with its tables named in the first line, a step sees the row that violates its constraint.
#[tokio::test]
async fn a_step_sees_the_rows_that_it_names() {
    let app = Kairo::start().await;
    let mut host = app.superuser().await;
    plant_orphan(&app, &host).await;
    let steps = with("0999_key", key_to_settings!("-- reads: app.captures, app.settings"));
    let failed = migrate::run_steps(&mut host, &steps).await;
    assert!(matches!(failed, Err(MigrateError::Step { .. })), "{failed:?}");
    assert_eq!(one::<i64>(&host, UNFORCED).await, 0);
}

// Goal: without that line the same step would "validate" the key over a row that violates it; so
// the test above can fail.
#[tokio::test]
async fn forced_security_blinds_a_step() {
    let app = Kairo::start().await;
    let mut host = app.superuser().await;
    plant_orphan(&app, &host).await;
    let steps = with("0999_key", key_to_settings!("-- names nothing"));
    assert_eq!(migrate::run_steps(&mut host, &steps).await.unwrap(), ["0999_key"]);
    let validated = "SELECT convalidated FROM pg_constraint WHERE conname = 'captures_settings'";
    assert!(one::<bool>(&host, validated).await, "the pitfall is gone; drop the `-- reads:` line");
}

// Goal: a backfill reaches every row of the tables that it names, and FORCE is on again afterwards.
#[tokio::test]
async fn a_backfill_reaches_every_row() {
    let app = Kairo::start().await;
    let mut host = app.superuser().await;
    for email in ["ana@example.org", "ben@example.org"] {
        app.member(email).await;
    }
    let backfill = "-- reads: app.settings\nSET LOCAL ROLE kairo_owner;
        UPDATE app.settings SET week_start = 7; RESET ROLE;";
    let steps = with("0999_backfill", backfill);
    migrate::run_steps(&mut host, &steps).await.unwrap();
    assert_eq!(
        one::<i64>(&host, "SELECT count(*) FROM app.settings WHERE week_start = 7").await,
        2
    );
    assert_eq!(one::<i64>(&host, UNFORCED).await, 0);
}
