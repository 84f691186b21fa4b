//! The mutants of the schema: matrix and lint see each.

use kairo::trust::proofs::mutants;

use super::matrix::{quiet, scratch};

// Goal: whatever is broken in policies, grants, roles, functions and views, the proofs see it.
#[tokio::test]
async fn every_mutant_is_killed() {
    let app = quiet().await;
    let began = std::time::Instant::now();
    let report = mutants::run(&scratch(&app)).await.unwrap();
    println!("{report}, in {} ms", began.elapsed().as_millis());
    assert_eq!(report.faults, Vec::<String>::new(), "{report}");
    assert!(report.mutants > 1_000, "{report}");
}
