//! Which functions there are, with whose rights each runs, and who may execute it.

use super::super::actors::{APP, AUDIT, AUTH, LOGIN, Role, WORKER};

/// A function, its owner, and who may execute it besides.
#[derive(Debug, Clone, Copy)]
pub struct Function {
    /// Name with its schema and the types of its parameters, as PostgreSQL writes it.
    pub signature: &'static str,
    /// Whose rights it has.
    pub owner: Role,
    /// The role that it is granted to.
    pub granted: Option<Role>,
}

pub(super) const fn function(signature: &'static str, granted: Option<Role>) -> Function {
    Function { signature, owner: AUTH, granted }
}

const fn record(signature: &'static str, granted: Option<Role>) -> Function {
    Function { signature, owner: AUDIT, granted }
}

/// Every function.
pub fn functions() -> impl Iterator<Item = &'static Function> {
    FUNCTIONS.iter().chain(&super::guard::FUNCTIONS)
}

const FUNCTIONS: [Function; 27] = [
    // The record of checks. Everybody may see what the page shows, by way of kairo_app; the runner
    // appends. A thief of kairo_worker can add a lie, which the next run contradicts, and change
    // nothing that is there.
    record(
        "trust.record(text,text,integer,bytea,bytea,bigint,bigint,text,integer,integer,integer,\
         text,jsonb)",
        Some(WORKER),
    ),
    record("trust.chain_end(text)", Some(WORKER)),
    record("trust.after(text,bigint,integer)", Some(WORKER)),
    record("trust.root_keep(text,bigint,bytea,bytea,bytea)", Some(WORKER)),
    record("trust.newest(text,text[])", Some(APP)),
    record("trust.days(text,text[],integer)", Some(APP)),
    record("trust.roots_kept(text,integer)", Some(APP)),
    record("trust.statements_made()", Some(APP)),
    record("trust.said(trust.evidence)", None),
    // Before there is a session. A thief of kairo_login can make and spend a proof; that is all.
    function(
        "authn.proof_ask(uuid,text,bytea[],bytea,bytea,bytea,bytea,uuid,bytea,bytea[])",
        Some(LOGIN),
    ),
    function(
        "authn.proof_redeem(bytea,bytea,bytea,uuid,uuid,text,bytea,text,uuid,bytea,text)",
        Some(LOGIN),
    ),
    // About the asking person alone.
    function("authn.session_list()", Some(APP)),
    function("authn.session_touch(bigint,bigint)", Some(APP)),
    function("authn.session_revoke(uuid)", Some(APP)),
    function("authn.session_revoke_all(boolean)", Some(APP)),
    // The worker becomes somebody for 15 minutes, to purge or to write down a second reading.
    function("authn.job_session(uuid,text,uuid,bytea)", Some(WORKER)),
    function("authn.purge_due(bigint,integer)", Some(WORKER)),
    function("authn.sessions_purge()", Some(WORKER)),
    // The worker carries mail: it gets letters that are due, sealed, says what came of each, and
    // keeps what the provider told. It can look for no letter, and make none but one about alerts.
    function("mail.claim(integer)", Some(WORKER)),
    function("mail.record(uuid,smallint,text,text,text,bigint)", Some(WORKER)),
    function("mail.note(bytea,text,text,bytea[])", Some(WORKER)),
    function("mail.purge()", Some(WORKER)),
    // A number alone.
    function("mail.waiting()", Some(WORKER)),
    // From inside proof_ask: a proof without a letter would use up a share for nothing.
    function("authn.proof_begin(uuid,text,bytea[],bytea,bytea,bytea,bytea)", None),
    function("mail.is_full()", None),
    // From inside other functions and from the host: each makes a person or a bearer from nothing.
    function("authn.user_ensure(text,uuid,uuid,text,bytea,text)", None),
    function(
        "authn.key_create(uuid,uuid,bytea,bytea,text[],timestamp with time zone,text,integer)",
        None,
    ),
];
