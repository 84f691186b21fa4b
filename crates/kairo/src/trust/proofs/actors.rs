//! Who tries: the roles of the database, and the people and bearers that a role may speak for.
//!
//! Ana owns rows and holds every kind of bearer, live and dead. Ben is somebody else. Cid is
//! suspended. What the [`world`](super::world) keeps for them begins with their letter, so a row's
//! label tells whose it is.

/// A role of the database, and how one becomes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Role {
    /// Name in PostgreSQL.
    pub name: &'static str,
    /// How a probe becomes it.
    pub way: Way,
}

/// How a probe becomes a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It signs in. Inside a definer function `session_user` is then this role and no superuser.
    SignsIn,
    /// Nobody can sign in as it; the superuser acts as it.
    Acts,
    /// It could sign in, but the server's access file does not know it.
    Stranger,
}

/// Requests of signed-in people.
pub const APP: Role = Role { name: "kairo_app", way: Way::SignsIn };
/// Verbs before there is a session.
pub const LOGIN: Role = Role { name: "kairo_login", way: Way::SignsIn };
/// Jobs.
pub const WORKER: Role = Role { name: "kairo_worker", way: Way::SignsIn };
/// People who help the operator's members.
pub const SUPPORT: Role = Role { name: "kairo_support", way: Way::SignsIn };
/// Owner of the tables, bound by FORCE.
pub const OWNER: Role = Role { name: "kairo_owner", way: Way::Acts };
/// Owner of the views and functions that see sessions.
pub const AUTH: Role = Role { name: "kairo_auth", way: Way::Acts };
/// Owner of the functions that will count quotas.
pub const GUARD: Role = Role { name: "kairo_guard", way: Way::Acts };
/// Owner of the functions that keep the record of checks, and will write the audit log.
pub const AUDIT: Role = Role { name: "kairo_audit", way: Way::Acts };
/// A role that somebody made and gave nothing.
pub const STRANGER: Role = Role { name: "kairo_stranger", way: Way::Stranger };

/// Every role that the matrix tries.
pub const ROLES: [Role; 9] = [APP, LOGIN, WORKER, SUPPORT, OWNER, AUTH, GUARD, AUDIT, STRANGER];

/// Somebody who brings a bearer, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    /// What the bearer is.
    pub name: &'static str,
    /// What stands for the secret in the setting `kairo.session`.
    pub session: &'static str,
    /// As what it is brought, in front of it; the world keeps the digest of both.
    pub bearer: &'static str,
    /// The person whom it makes, by their letter; `None` where it must make nobody.
    pub who: Option<char>,
    /// Whether it may write.
    pub writes: bool,
}

const fn nobody(name: &'static str, session: &'static str, bearer: &'static str) -> Actor {
    Actor { name, session, bearer, who: None, writes: false }
}

const fn ana(name: &'static str, session: &'static str, bearer: &'static str) -> Actor {
    Actor { name, session, bearer, who: Some('a'), writes: true }
}

/// No session at all.
pub const ANONYMOUS: Actor = nobody("anonymous", "", "");
/// Ana in her browser.
pub const ANA: Actor = ana("owner", "ana-web", "web");
/// Ben in his.
pub const BEN: Actor = Actor { who: Some('b'), ..ana("outsider", "ben-web", "web") };
/// Ana's API token that may only read.
pub const READER: Actor = Actor { writes: false, ..ana("read-only key", "ana-reader", "key") };
/// Ana's API token.
pub const KEY: Actor = ana("key", "ana-key", "key");
/// A job on Ana's behalf.
pub const JOB: Actor = ana("job session", "ana-job", "job");

/// Every actor.
pub const ACTORS: [Actor; 14] = [
    ANONYMOUS,
    // A session that was removed, or that never was.
    nobody("removed", "ana-removed", "web"),
    ANA,
    BEN,
    KEY,
    READER,
    JOB,
    // Without a word on what it is, a secret is worth nothing.
    nobody("key, unsaid", "ana-key", ""),
    nobody("key as a cookie", "ana-key", "web"),
    nobody("cookie as a key", "ana-web", "key"),
    nobody("expired (idle)", "ana-idle", "web"),
    // Its end passes while the transaction is open, where a mutant runs inside one.
    nobody("expired (absolute)", "ana-lapsed", "web"),
    nobody("revoked", "ana-revoked", "web"),
    nobody("suspended", "cid-web", "web"),
];
