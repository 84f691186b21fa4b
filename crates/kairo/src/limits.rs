//! Every limit of the product, with its reason. Each is tested one past it.
//!
//! **Invariant:** no queue, body, loop or list in the crate is without a bound from this page.

use std::time::Duration;

/// Longest text of one capture, in characters: a long paragraph, far beyond a thought.
pub const CAPTURE_TEXT_CHARS_MAX: usize = 2_000;
/// Longest title of an item, in characters.
pub const ITEM_TITLE_CHARS_MAX: usize = 500;
/// Longest notes of an item, in characters.
pub const ITEM_NOTES_CHARS_MAX: usize = 10_000;
/// Longest place of an item, in characters.
pub const ITEM_PLACE_CHARS_MAX: usize = 200;
/// Most tags, or most people, on one item.
pub const ITEM_LABELS_MAX: usize = 20;
/// Longest tag or person's name, in characters.
pub const ITEM_LABEL_CHARS_MAX: usize = 60;
/// Longest recurrence rule of an item, in bytes; every rule that the reader writes is far shorter.
pub const ITEM_RRULE_BYTES_MAX: usize = 500;
/// Most occurrences of one item that differ from its rule and lie ahead of it; what was done or
/// skipped along the way does not count.
pub const ITEM_OVERRIDES_MAX: usize = 400;
/// Most occurrences in one answer of the API.
pub const OCCURRENCES_PAGE_MAX: usize = 200;
/// Most occurrences that differ which one page of the agenda reads; a page says so when there are
/// more.
pub const OVERRIDES_AGENDA_MAX: i64 = 2_000;
/// Most items in one answer of the API.
pub const ITEMS_PAGE_MAX: i64 = 200;
/// Items in one answer of the API where the caller names no number.
pub const ITEMS_PAGE_DEFAULT: i64 = 100;
/// Most items that one page of the agenda reads; a page says so when there are more.
pub const ITEMS_AGENDA_MAX: i64 = 1_000;

/// Largest body of a request, in bytes: the longest notes in four-byte characters, form-encoded.
pub const BODY_BYTES_MAX: usize = 256 * 1024;
/// Longest path that is carried through sign-in, in bytes.
pub const NEXT_BYTES_MAX: usize = 512;
/// Longest cookie of a browser that waits for a mail, in bytes: binding, address and path, encoded;
/// browsers keep 4,096 with the name (ASVS 3.3.5).
pub const ASKED_COOKIE_BYTES_MAX: usize = 3_072;
/// Longest `Idempotency-Key`, in bytes.
pub const IDEMPOTENCY_KEY_BYTES_MAX: usize = 255;
/// Most header bytes of one request.
pub const HEADER_BYTES_MAX: usize = 16 * 1024;
/// Most headers of one request.
pub const HEADERS_MAX: usize = 64;
/// Longest path and query of a request, in bytes.
pub const URI_BYTES_MAX: usize = 4 * 1024;
/// Time in which a client must have sent its headers (slow-loris).
pub const HEADER_READ_MAX: Duration = Duration::from_secs(10);
/// Time in which a TLS handshake must be done.
pub const HANDSHAKE_MAX: Duration = Duration::from_secs(10);
/// Time in which a request must be answered, its body included.
pub const REQUEST_MAX: Duration = Duration::from_secs(30);
/// Time that requests under way have to finish after SIGTERM.
pub const DRAIN_MAX: Duration = Duration::from_secs(20);
/// Most open connections on the listener.
pub const CONNECTIONS_MAX: usize = 1_024;
/// Most open connections from one source address, so that one cannot take the whole listener.
pub const CONNECTIONS_PER_ADDRESS_MAX: usize = 256;
/// Time after which a connection that makes no progress is asked to end; after twice, it is closed.
pub const CONNECTION_IDLE_MAX: Duration = Duration::from_secs(60);
/// Time for which a closed connection still takes in what the client had begun to send.
pub const LINGER_MAX: Duration = Duration::from_secs(1);
/// Bytes of that, which are thrown away.
pub const LINGER_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Longest file of a certificate chain or its key, in bytes; ten certificates of the largest kind
/// have a tenth of it.
pub const CERTIFICATE_BYTES_MAX: u64 = 1024 * 1024;
/// Time between two looks at an operator's certificate; a new one is taken within a minute.
pub const CERTIFICATE_LOOK_EVERY: Duration = Duration::from_secs(30);
/// Time in which the readiness check must answer.
pub const READY_CHECK_MAX: Duration = Duration::from_secs(2);
/// Time for which an answer of the readiness check is given again.
pub const READY_KEPT: Duration = Duration::from_secs(1);
/// Most open connections on the plain HTTP listener, which only sends people on.
pub const REDIRECTS_MAX: usize = 128;
/// Most open connections on the metrics listener: a pair of Prometheus servers and a person.
pub const METRICS_CONNECTIONS_MAX: usize = 16;
/// Most concurrent streams on one HTTP/2 connection.
pub const STREAMS_MAX: u32 = 64;
/// Requests a minute from one source address before sign-in (assets are exempt).
pub const ADDRESS_PER_MINUTE: u32 = 600;
/// Requests that one source address may send at once.
pub const ADDRESS_BURST: u32 = 200;
/// Source addresses that one bucket's kind remembers on one node, and as many IPv6 sites beside
/// them; beyond it the idle ones are dropped. All that the throttles remember stays below 50 MB.
pub const ADDRESSES_MAX: usize = 100_000;
/// How many times more an IPv6 site (/48) may than one network (/64) in it: providers hand out
/// prefixes of 48 to 64 bits, so a household may have one of either.
pub const SITE_TIMES: u32 = 8;
/// Sign-in posts a minute from one source address, on all nodes together; a sign-in takes two.
pub const SIGN_IN_PER_MINUTE: u32 = 10;
/// Sign-in posts an hour from one source address, on all nodes together: an office behind one
/// address signs in 25 times, and a session lasts for weeks.
pub const SIGN_IN_PER_HOUR: u32 = 50;
/// Requests a minute from one source address to routes that may ask a model, captures among them,
/// on all nodes together: half of what is let through in general. An import of a thousand thoughts
/// takes four minutes; calls of a model have the user's quota behind this, which is far below.
pub const AI_PER_MINUTE: u32 = 300;
/// Seconds after a turn of the pepper for which a source is known by its former digest, too. No
/// bucket looks back for longer, so a turn gives nobody anything.
pub const PEPPER_TURN_S: i64 = 3_600;
/// Sources of one kind of bucket that the database counts at once.
pub const SOURCE_SLOTS: i32 = 65_536;

/// Longest e-mail address, in bytes (RFC 5321 4.5.3.1.3, less the angle brackets).
pub const EMAIL_BYTES_MAX: usize = 254;
/// Life of a link and its code, in seconds (ASVS 6.5.5: ten minutes at most).
pub const PROOF_LIFE_S: i64 = 600;
/// Tries at one code before it is dead; the link of the same mail stays good.
pub const CODE_TRIES_MAX: i16 = 5;
/// Seconds between two mails to one address that one source asks for.
pub const PROOF_SPACING_S: i64 = 60;
/// Mails an hour to one address that one source asks for.
pub const PROOFS_PER_HOUR_MAX: i32 = 5;
/// Mails an hour to one address by all sources together, so that nobody floods a mailbox.
pub const PROOFS_PER_ADDRESS_HOUR_MAX: i32 = 20;
/// Sessions of one user; the least recent ends when another begins (ASVS 7.1.2).
pub const SESSIONS_MAX: i32 = 50;
/// Idle end of a web session, in seconds: 14 days.
pub const SESSION_IDLE_S: i64 = 14 * 86_400;
/// Absolute end of a web session, in seconds: 30 days (NIST SP 800-63B-4, AAL1).
pub const SESSION_ABSOLUTE_S: i64 = 30 * 86_400;
/// Seconds for which a session that ended is still there to be seen: 30 days.
pub const ENDED_SESSION_KEPT_S: i64 = 30 * 86_400;
/// Seconds for which it is noted that a mail to an address was asked for, after its end: a day.
pub const PROOF_KEPT_S: i64 = 86_400;
/// Seconds after which a session's last sight is written again.
pub const SESSION_TOUCH_S: i64 = 300;
/// API tokens of one user.
pub const KEYS_MAX: i32 = 50;

/// Connections of one pool to PostgreSQL.
pub const DB_POOL_MAX: usize = 8;
/// Wait for a pooled connection.
pub const DB_WAIT_MAX: Duration = Duration::from_secs(5);
/// Longest run of one statement, in milliseconds.
pub const DB_STATEMENT_MS_MAX: u32 = 10_000;
/// Longest wait of one statement for a lock, in milliseconds.
pub const DB_LOCK_MS_MAX: u32 = 5_000;
/// Most statements in one transaction; one pipeline keeps its order up to here.
pub const DB_BATCH_MAX: usize = 24;
/// Mails that wait in the queue of all nodes; beyond it asking for one is answered with 503.
pub const MAIL_QUEUE_MAX: usize = 1_000;
/// Mails that one node gives to the mail server at once, and takes from the queue at once; servers
/// close on a client that opens many connections.
pub const MAIL_CONCURRENCY_MAX: usize = 8;
/// Attempts at one mail.
pub const MAIL_ATTEMPTS_MAX: i16 = 8;
/// Wait after the first attempt; it doubles with each.
pub const MAIL_WAIT_FIRST: Duration = Duration::from_secs(2);
/// Longest wait between two attempts, unless the other side asks for more.
pub const MAIL_WAIT_MAX: Duration = Duration::from_secs(120);
/// Longest wait that is believed where the other side asks for one; a mail that lives shorter is
/// given up.
pub const MAIL_PATIENCE_MAX: Duration = Duration::from_secs(86_400);
/// Time in which a mail server must be connected to.
pub const MAIL_CONNECT_MAX: Duration = Duration::from_secs(5);
/// Time for one attempt at one mail; shorter than the lease that it runs under.
pub const MAIL_SEND_MAX: Duration = Duration::from_secs(20);
/// Seconds for which a mail is one node's.
pub const MAIL_LEASE_S: u64 = 60;
/// Time between two looks for mails that are due; a node's own are sent at once.
pub const MAIL_LOOK_EVERY: Duration = Duration::from_secs(2);
/// Longest mail, in bytes, address, subject and link included.
pub const MAIL_LETTER_BYTES_MAX: usize = 16 * 1024;
/// Longest answer of a mail provider that is read, in bytes.
pub const MAIL_ANSWER_BYTES_MAX: usize = 16 * 1024;
/// Seconds by which a provider's message may be older or newer than now (as Svix's own libraries).
pub const WEBHOOK_SKEW_S_MAX: u64 = 300;
/// Longest id of a provider's message, in bytes.
pub const WEBHOOK_ID_BYTES_MAX: usize = 200;
/// Signatures of one message that are looked at.
pub const WEBHOOK_SIGNATURES_MAX: usize = 8;
/// Addresses of one message that are looked at.
pub const WEBHOOK_ADDRESSES_MAX: usize = 50;
/// Mails that the development outbox keeps.
pub const OUTBOX_MAX: usize = 100;
/// Seconds for which a deleted item can still be brought back: 30 days.
pub const DELETED_KEPT_S: i64 = 30 * 86_400;
/// Time between two looks for deleted items that are due.
pub const PURGE_EVERY: Duration = Duration::from_secs(3_600);
/// Most people whose deleted items one look removes.
pub const PURGE_PEOPLE_MAX: i32 = 1_000;
/// Most signed roots of the evidence in one answer; one is signed a day.
pub const EVIDENCE_ROOTS_MAX: i32 = 100;

/// Days that a certificate should still hold: most are renewed 30 days before their end.
pub const CERTIFICATE_DAYS_LEFT_MIN: i64 = 21;
/// Free bytes below which the doctor warns: 2 GiB, some weeks of a small team and its logs.
pub const DISK_BYTES_WARN: u64 = 2 << 30;
/// Free bytes below which it is a problem: PostgreSQL's own log may take that much in an hour.
pub const DISK_BYTES_MIN: u64 = 512 << 20;
/// Open files that Kairo may need: a socket for each connection of each listener, three pools, and
/// room for files.
pub const OPEN_FILES_MIN: u64 = 2_048;
/// Seconds between this machine's clock and the database's that are warned of.
pub const CLOCK_SKEW_S_WARN: i64 = 5;
/// Seconds that are a problem: a sign-in code lives ten minutes.
pub const CLOCK_SKEW_S_MAX: i64 = 60;

/// Requests for a call that wait on one node for the quota; beyond it they are answered with 503.
pub const RESERVE_QUEUE_MAX: usize = 4_096;
/// Most requests for a call that are decided in one transaction.
pub const RESERVE_BATCH_MAX: usize = 64;
/// Batches of them that are at the database at once.
pub const RESERVE_LANES: usize = 2;
/// Requests that wait on one node until their sources are counted; beyond it they are answered with
/// 503.
pub const SOURCES_QUEUE_MAX: usize = 4_096;
/// Most requests whose sources are counted in one transaction.
pub const SOURCES_BATCH_MAX: usize = 64;
/// Batches of them that are at the database at once: one is decided while another one ends.
pub const SOURCES_LANES: usize = 2;
/// Requests of one batch that are counted alone at once. With all lanes they leave half of the
/// connections to signing in.
pub const SOURCES_ALONE_MAX: usize = 2;
/// Time for which a refusal is given again without asking.
pub const DENIAL_KEPT: Duration = Duration::from_secs(2);
/// Sessions of which a node remembers whose they are, or that they were refused.
pub const GUARD_REMEMBERED_MAX: usize = 10_000;
/// Wait that is asked of a client where the quota does not answer.
pub const GUARD_RETRY_AFTER: Duration = Duration::from_secs(5);
/// Longest wait that is asked of one where the day's budget is spent: what calls under way do not
/// cost comes back to it before the day ends.
pub const BUDGET_WAIT_MAX: Duration = Duration::from_secs(3_600);
/// Ended calls that wait on one node to be written; beyond it they stay charged at their most.
pub const LEDGER_QUEUE_MAX: usize = 10_000;
/// Most of them that are written in one transaction.
pub const LEDGER_BATCH_MAX: usize = 256;
/// Longest wait between two attempts at writing them.
pub const LEDGER_WAIT_MAX: Duration = Duration::from_secs(5);
/// Time between two looks for calls of nodes that died.
pub const GUARD_SWEEP_EVERY: Duration = Duration::from_secs(30);
/// Time between two comparisons of counters with the ledger.
pub const DRIFT_EVERY: Duration = Duration::from_secs(86_400);
/// Time until the next one where the database did not get through it: it reads the whole ledger.
pub const DRIFT_AGAIN: Duration = Duration::from_secs(3_600);
/// Rows of each table of the guard that one statement removes.
pub const GUARD_PURGE_ROWS: i32 = 10_000;
/// Time between two looks whether an hour is due to be compared.
pub const WATCH_LOOK_EVERY: Duration = Duration::from_secs(60);
/// Time between two looks for alerts that nobody was told of.
pub const ALERT_LOOK_EVERY: Duration = Duration::from_secs(5);
/// Alerts that one letter or message spells out; of more it says how many.
pub const ALERTS_LISTED_MAX: usize = 20;
/// Time in which a webhook for alerts must be connected to.
pub const ALERT_CONNECT_MAX: Duration = Duration::from_secs(5);
/// Time for one attempt at a message; two are made under one lease of a minute.
pub const ALERT_SEND_MAX: Duration = Duration::from_secs(20);
/// Wait after the first attempt; it doubles with each.
pub const ALERT_WAIT_FIRST: Duration = Duration::from_secs(5);
/// Longest wait between two attempts, unless the other side asks for more.
pub const ALERT_WAIT_MAX: Duration = Duration::from_secs(1_800);
/// Longest wait that is believed where the other side asks for one.
pub const ALERT_PATIENCE_MAX: Duration = Duration::from_secs(7_200);
/// Connections of one node that only ask for the quota, so that a slow page delays no call.
pub const QUOTA_POOL_MAX: usize = 4;
/// Wait for one of them; past it the quota cannot be asked, and no call is made.
pub const QUOTA_WAIT_MAX: Duration = Duration::from_secs(1);
/// Longest run of the quota's statement, in milliseconds.
pub const QUOTA_STATEMENT_MS_MAX: u32 = 2_000;
/// Longest wait of it for a lock, in milliseconds.
pub const QUOTA_LOCK_MS_MAX: u32 = 1_500;

/// Requests to a provider in one call: a first one, less demanding forms of it, one repair.
pub const ASKS_MAX: usize = 4;
/// Further attempts of one call where the provider did no work.
pub const AI_RETRIES_MAX: usize = 2;
/// Attempts of a hundred calls that may be further ones.
pub const AI_RETRY_PERCENT_MAX: u32 = 10;
/// Further attempts that a quiet node may make at once.
pub const AI_RETRY_BURST: u32 = 10;
/// Wait before the first further attempt; it doubles.
pub const AI_RETRY_WAIT: Duration = Duration::from_millis(250);
/// Longest wait that a provider may ask for before a further attempt; a longer one ends the call.
pub const AI_RETRY_AFTER_MAX: Duration = Duration::from_secs(2);
/// Time in which a provider must be connected to.
pub const AI_CONNECT_MAX: Duration = Duration::from_secs(3);
/// Time in which a stream must begin.
pub const AI_FIRST_BYTE_MAX: Duration = Duration::from_secs(20);
/// Time in which a whole answer must begin, which is when its last token is made; shorter than a
/// request may take.
pub const AI_ANSWER_MAX: Duration = Duration::from_secs(25);
/// Longest silence within an answer.
pub const AI_IDLE_MAX: Duration = Duration::from_secs(30);
/// Time for one request altogether; with those of one call shorter than its reservation lives.
pub const AI_TOTAL_MAX: Duration = Duration::from_secs(120);
/// Time in which a stream must end after its last event, for the next call not to wait.
pub const AI_END_MAX: Duration = Duration::from_secs(1);
/// Longest answer that is read, in bytes.
pub const AI_ANSWER_BYTES_MAX: usize = 1024 * 1024;
/// Longest stream that is read, in bytes: each token comes in an event of its own.
pub const AI_STREAM_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Longest event of a stream, in bytes.
pub const AI_EVENT_BYTES_MAX: usize = 256 * 1024;
/// Longest refusal of a provider that is looked at, in bytes.
pub const AI_REFUSAL_BYTES_MAX: usize = 16 * 1024;
/// Events of a stream that wait for a slow client.
pub const AI_CHANNEL_MAX: usize = 64;
/// Streams without a client that one node reads to their end, for what they cost.
pub const AI_DRAINS_MAX: usize = 64;
/// Tokens that a provider can have counted in one answer; beyond it the count is not believed.
pub const AI_TOKENS_MAX: u64 = 100_000_000;
/// Tokens that a message may have beside its bytes.
pub const AI_MESSAGE_TOKENS: usize = 16;
/// Time over which a provider's failures are counted.
pub const BREAKER_WINDOW: Duration = Duration::from_secs(30);
/// Answers in that time from which it is judged.
pub const BREAKER_CALLS_MIN: u32 = 20;
/// Failures of a hundred at which it is not asked for a while.
pub const BREAKER_PERCENT: u32 = 50;
/// That while.
pub const BREAKER_OPEN: Duration = Duration::from_secs(10);

/// Longest answer of a model about a thought, in bytes; the form needs a tenth.
pub const MODEL_ANSWER_BYTES_MAX: usize = 8 * 1024;
/// Years from now within which a time is believed that a model pointed at.
pub const REFINED_YEARS_MAX: usize = 50;
/// Time for which a model's answer is kept; the date in its key makes longer of little use.
pub const ANSWER_KEPT: Duration = Duration::from_secs(86_400);
/// Longest wait for a second reading that a client may ask for, in seconds.
pub const REFINE_WAIT_S_MAX: i64 = 10;
/// Time until the first look whether a second reading has ended; it doubles with each.
pub const REFINE_LOOK_FIRST: Duration = Duration::from_millis(100);
/// Longest time between two of them.
pub const REFINE_LOOK_MAX: Duration = Duration::from_secs(1);
