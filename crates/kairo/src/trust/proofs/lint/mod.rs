//! The lint: what the catalogue may not hold, whatever a migration wrote.
//!
//! It reads the catalogue alone, so it may run on any server, at any time, as the migrating user.
//! Each rule stands for a pitfall that was seen to leak on a real server, and a test plants it.
//!
//! **Invariant:** a rule without findings has looked: its test turns it red.

mod queries;

use std::fmt;

use crate::db::{DbError, Host};

/// A pitfall that the catalogue shows.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// `L1` and so on; an id never changes its meaning.
    pub id: &'static str,
    /// What is wrong where the rule finds something.
    pub title: &'static str,
    /// A query that gives the offending objects.
    pub sql: &'static str,
    /// What to do about it.
    pub remedy: &'static str,
}

const fn rule(
    id: &'static str,
    title: &'static str,
    sql: &'static str,
    remedy: &'static str,
) -> Rule {
    Rule { id, title, sql, remedy }
}

/// Every rule.
pub const RULES: [Rule; 23] = [
    rule(
        "L1",
        "a table without row-level security",
        queries::ROW_SECURITY_OFF,
        "ENABLE ROW LEVEL SECURITY on it, and write a policy for each command that is granted",
    ),
    rule(
        "L2",
        "row-level security does not bind the table's owner",
        queries::NOT_FORCED,
        "FORCE ROW LEVEL SECURITY on it",
    ),
    rule(
        "L3",
        "a partition that is granted by itself",
        queries::PARTITION_GRANTED,
        "Revoke the grant: a partition that is read directly does not obey its parent's policies",
    ),
    rule(
        "L4",
        "a grant or a policy that leads nowhere",
        queries::LEADS_NOWHERE,
        "Give grant, policy and USAGE of the schema together, or none of them",
    ),
    rule(
        "L5",
        "a view with its owner's rights, without a barrier, or that is written to",
        queries::VIEW_RIGHTS,
        "Make it WITH (security_invoker = true) and grant SELECT alone; authn.me, \
         authn.caller and authn.my_account keep security_barrier, and nobody who signs in reads \
         authn.live",
    ),
    rule(
        "L6",
        "a materialized view or a foreign table, which no policy reaches",
        queries::BEYOND_POLICIES,
        "Use a table with policies, or a view with security_invoker",
    ),
    rule(
        "L7",
        "a grant that passes by the policies (TRUNCATE, REFERENCES, TRIGGER, MAINTAIN)",
        queries::GRANT_PASSES_POLICIES,
        "Revoke it",
    ),
    rule(
        "L8",
        "a policy or a grant for everybody",
        queries::FOR_EVERYBODY,
        "Name the roles it is for; PUBLIC holds every role that is still to come",
    ),
    rule(
        "L9",
        "a policy that is `true` for a role that signs in",
        queries::POLICY_TRUE,
        "Compare the owner of the row with authn.caller",
    ),
    rule(
        "L10",
        "two permissive policies for one command and role, or one policy for all commands",
        queries::PERMISSIVE_TWICE,
        "Write one permissive policy a command, and RESTRICTIVE ones for what must hold besides",
    ),
    rule(
        "L11",
        "a policy that calls a function",
        queries::FUNCTION_IN_POLICY,
        "Ask the view authn.caller in a sub-select: a function would run once a row",
    ),
    rule(
        "L12",
        "a policy with EXISTS or IN",
        queries::SUBSELECT_SHAPE,
        "Write = (SELECT …) or = ANY (ARRAY(SELECT …)), which PostgreSQL evaluates once",
    ),
    rule(
        "L13",
        "a SECURITY DEFINER function with an open search path",
        queries::OPEN_SEARCH_PATH,
        "SET search_path = '' and name every object with its schema",
    ),
    rule(
        "L14",
        "a function that everybody may execute",
        queries::FUNCTION_FOR_EVERYBODY,
        "Revoke EXECUTE from PUBLIC and grant it to one role",
    ),
    rule(
        "L15",
        "a role with a power of its own",
        queries::RUNTIME_POWER,
        "Take it away (ALTER ROLE, REVOKE, ALTER … OWNER TO): the role needs its grants alone",
    ),
    rule(
        "L16",
        "a policy whose column leads no index",
        queries::POLICY_WITHOUT_INDEX,
        "Make an index that begins with the owner's column",
    ),
    rule(
        "L17",
        "a foreign key between people's tables without the owner in it",
        queries::KEY_WITHOUT_TENANT,
        "Make it (user_id, …): foreign keys do not obey policies",
    ),
    rule(
        "L18",
        "an owner's column that can be changed",
        queries::TENANT_MOVES,
        "Grant UPDATE on the other columns by name",
    ),
    rule(
        "L19",
        "a column that looks like a secret, readable by a role that signs in",
        queries::SECRET_READABLE,
        "Revoke it, and let a definer function answer the question",
    ),
    rule(
        "L20",
        "a sequence that is granted",
        queries::SEQUENCE_GRANTED,
        "Use ids that Kairo makes; a sequence tells how many rows there are",
    ),
    rule(
        "L21",
        "an object of a kind that no rule looks at",
        queries::UNKNOWN_KIND,
        "Take it out, or teach the lint and the matrix what it is",
    ),
    rule(
        "L22",
        "an object of an owner that was not thought of",
        queries::FOREIGN_OWNER,
        "Give it to kairo_owner, or to kairo_auth where it must see sessions",
    ),
    rule(
        "L23",
        "a table, view or function without an expectation",
        queries::WITHOUT_EXPECTATION,
        "Say in src/trust/proofs/expected.rs who may do what with it",
    ),
];

/// What a rule found.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// The object in the catalogue.
    pub object: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Rule { id, title, remedy, .. } = self.rule;
        write!(f, "{id}: {}: {title}. {remedy}", self.object)
    }
}

/// Names that the catalogue may hold: what rule L23 compares with.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    /// Tables and views, with their schemas.
    pub relations: Vec<String>,
    /// Functions, with their schemas and the types of their parameters.
    pub functions: Vec<String>,
}

/// Every finding of every rule; none where the schema is sound.
///
/// # Errors
/// The catalogue cannot be read.
pub async fn run(host: &Host, expected: &Expected) -> Result<Vec<Finding>, DbError> {
    let mut findings = Vec::new();
    for rule in RULES {
        findings.extend(check(host, rule, expected).await?);
    }
    Ok(findings)
}

/// The findings of one rule.
///
/// # Errors
/// The catalogue cannot be read.
pub async fn check(host: &Host, rule: Rule, expected: &Expected) -> Result<Vec<Finding>, DbError> {
    let rows = match rule.id {
        "L23" => host.query(rule.sql, &[&expected.relations, &expected.functions]).await?,
        _ => host.query(rule.sql, &[]).await?,
    };
    Ok(rows.iter().map(|row| Finding { rule, object: row.get("object") }).collect())
}
