//! What the database's catalogue says of its walls.

use std::collections::BTreeMap;

use super::{Observation, Told, Untold, queries};
use crate::db::{DbError, Host};
use crate::trust::controls::subject::Subject;
use crate::trust::controls::workshop::ScratchCluster;
use crate::trust::proofs::{lint, matrix, world::expected_objects};

fn unmade(error: impl std::fmt::Display) -> Untold {
    Untold(error.to_string().chars().take(180).collect())
}

/// A scratch cluster that this program migrated.
pub(super) async fn scratch(subject: &Subject) -> Result<ScratchCluster, Untold> {
    let workshop = subject.workshop.clone();
    let made = tokio::task::spawn_blocking(move || workshop.make()).await;
    let cluster = made.map_err(|_| unmade("no scratch cluster was made"))?.map_err(unmade)?;
    cluster.migrate().await.map_err(unmade)?;
    Ok(cluster)
}

/// A connection that only reads the catalogue, as a role that may do little else.
pub(super) async fn host(subject: &Subject) -> Result<Host, DbError> {
    Host::connect((subject.way)("kairo_worker")).await
}

pub(super) async fn rls_forced(subject: &Subject) -> Told {
    let rows = host(subject).await?.query(queries::TABLES, &[]).await?;
    let (mut violations, mut policies) = (Vec::new(), 0);
    for row in &rows {
        let name: &str = row.get("name");
        let count: i64 = row.get("policies");
        policies += count;
        let fault = match (row.get("is_on"), row.get("is_forced"), count) {
            (false, ..) => "has row-level security switched off",
            (_, false, _) => "does not force it on its owner",
            (.., 0) => "has no policy",
            _ => continue,
        };
        violations.push(format!("{name} {fault}"));
    }
    Ok(Observation::of(rows.len(), violations, format!("{policies} policies were read")))
}

pub(super) async fn runtime_roles(subject: &Subject) -> Told {
    let rows = host(subject).await?.query(queries::ROLES, &[]).await?;
    let mut violations = Vec::new();
    for row in &rows {
        let (name, powers): (&str, Vec<String>) = (row.get("name"), row.get("powers"));
        violations.extend(powers.iter().map(|power| format!("{name} {power}")));
    }
    Ok(Observation::of(rows.len(), violations, "the roles were read from the catalogue"))
}

pub(super) async fn grants_expected(subject: &Subject) -> Told {
    let expected = expected_objects();
    let objects = expected.relations.len() + expected.functions.len();
    let findings = lint::run(&host(subject).await?, &expected).await?;
    let violations = findings.iter().map(ToString::to_string).collect();
    let rules = lint::RULES.len();
    Ok(Observation::of(objects, violations, format!("{rules} rules were asked")))
}

pub(super) async fn staff_no_content(subject: &Subject) -> Told {
    let rows = host(subject).await?.query(queries::STAFF_RIGHTS, &[]).await?;
    let open = rows.iter().filter(|row| row.get("has_right"));
    let mut violations: Vec<String> =
        open.map(|row| format!("staff has a right on {}", row.get::<_, &str>("name"))).collect();
    let staff = Host::connect((subject.way)("kairo_support")).await?;
    let mut refused = 0;
    for sql in queries::STAFF_TRIES {
        match staff.query(sql, &[]).await {
            Err(DbError::Refused) => refused += 1,
            Err(error) => return Err(error.into()),
            Ok(_) => violations.push("staff read what people own".to_owned()),
        }
    }
    Ok(Observation::of(rows.len(), violations, format!("signed in as staff: {refused} refusals")))
}

type Walls = BTreeMap<String, String>;

async fn walls(host: &Host, sql: &str) -> Result<Walls, DbError> {
    let rows = host.query(sql, &[]).await?;
    Ok(rows.iter().map(|row| (row.get("name"), row.get("body"))).collect())
}

/// What the running database has otherwise than a scratch cluster, as `sql` reads both; and what
/// the scratch one has.
pub(super) async fn differences(
    subject: &Subject,
    root: &Host,
    sql: &str,
) -> Result<(Vec<String>, Vec<String>), DbError> {
    let (live, fresh) = (walls(&host(subject).await?, sql).await?, walls(root, sql).await?);
    let missing = fresh.iter().filter(|(name, body)| live.get(*name) != Some(body));
    let missing = missing.map(|(name, _)| format!("{name} is not what was proved"));
    let more = live.keys().filter(|name| !fresh.contains_key(*name));
    let more = more.map(|name| format!("{name} is there, and was not proved"));
    Ok((missing.chain(more).collect(), fresh.into_keys().collect()))
}

/// The walls of the running database are those of a scratch cluster that this program migrated,
/// and there the whole matrix holds.
pub(super) async fn policies_proved(subject: &Subject) -> Told {
    let cluster = scratch(subject).await?;
    let root = Host::connect(cluster.pg_config(matrix::ROOT)).await?;
    let (mut violations, names) = differences(subject, &root, queries::WALLS).await?;
    let policies = names.iter().filter(|name| name.starts_with("policy ")).count();
    let mut cells = 0;
    if violations.is_empty() {
        let scratch = cluster.scratch();
        let scratch = scratch.ok_or_else(|| unmade("the cluster may not be broken"))?;
        let report = matrix::run(&scratch).await?;
        cells = report.cells;
        violations.extend(report.mismatches);
    }
    tokio::task::spawn_blocking(move || drop(cluster));
    Ok(Observation::of(policies, violations, format!("{cells} attempts were made")))
}
