//! The matrix of actors, on a database as the migrations leave it.

use kairo::db::Scratch;
use kairo::trust::proofs::matrix;

use crate::harness::Kairo;

/// The test's own database, to break.
pub fn scratch(app: &Kairo) -> Scratch {
    Scratch::new(app.pg_config("kairo_super"), &app.throwaway())
}

// Goal: every role and actor reaches what was written down by hand, and nothing else.
#[tokio::test]
async fn every_cell_is_as_expected() {
    let app = Kairo::start().await;
    let began = std::time::Instant::now();
    let report = matrix::run(&scratch(&app)).await.unwrap();
    println!("{report} in {} ms", began.elapsed().as_millis());
    assert_eq!(report.mismatches, Vec::<String>::new(), "{report}");
    assert!(report.cells > 1_000, "{report}");
}
