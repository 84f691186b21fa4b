//! The matrix of actors, on a database as the migrations leave it.

use kairo::db::Scratch;
use kairo::trust::proofs::matrix;
use kairo::trust::proofs::world::World;

use crate::harness::Kairo;

/// The test's own database, to break.
pub fn scratch(app: &Kairo) -> Scratch {
    Scratch::new(app.pg_config("kairo_super"), &app.throwaway())
}

/// A Kairo whose postman does not take the letters that the world is made with.
pub async fn quiet() -> Kairo {
    Kairo::start_with(|settings| settings.delivers = false).await
}

// Goal: every role and actor reaches what was written down by hand, and nothing else.
#[tokio::test]
async fn every_cell_is_as_expected() {
    let app = quiet().await;
    let began = std::time::Instant::now();
    let report = matrix::run(&scratch(&app)).await.unwrap();
    println!("{report} in {} ms", began.elapsed().as_millis());
    assert_eq!(report.mismatches, Vec::<String>::new(), "{report}");
    assert!(report.cells > 1_000, "{report}");
}

// Goal: what nobody wrote an expectation for is a failure, and so is an expectation of nothing.
#[tokio::test]
async fn every_object_needs_an_expectation() {
    let app = quiet().await;
    let host = app.superuser().await;
    let change = "CREATE TABLE app.x (a int); CREATE VIEW public.v AS SELECT 1 AS a;
                  CREATE FUNCTION app.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
                  CREATE SCHEMA elsewhere; DROP TABLE app.item_revisions";
    host.execute(change).await.unwrap();
    let found = World::read(&host).await.unwrap().unexpected();
    let unknown = |name| format!("{name} is there, and nothing says what it may");
    let mut expected: Vec<String> =
        ["app.x", "public.v", "app.f()", "elsewhere"].map(unknown).into();
    expected.push("app.item_revisions is expected and not there".to_owned());
    assert_eq!(found, expected);
}

// Goal: the matrix sees a policy that is too wide for statements that read nothing, which a SELECT
// policy hides from all others.
#[tokio::test]
async fn what_reads_nothing_is_tried_too() {
    let app = quiet().await;
    let wide = "ALTER POLICY captures_delete ON app.captures
                    USING (created_at < statement_timestamp() - interval '30 days'
                           AND NOT EXISTS (SELECT FROM app.items i
                                            WHERE i.capture_id = captures.id))";
    app.superuser().await.execute(wide).await.unwrap();
    let mismatches = matrix::run(&scratch(&app)).await.unwrap().mismatches;
    assert!(!mismatches.is_empty());
    for mismatch in mismatches {
        assert!(mismatch.starts_with("kairo_worker, "), "{mismatch}");
        assert!(mismatch.contains(": DELETE FROM app.captures: "), "{mismatch}");
    }
}
