//! The table of every key: its name in `kairo.toml`, in the environment, its default, its meaning.
//!
//! **Invariant:** there is no other list. Reading, the refusal of unknown names and the README's
//! table come from here.

pub mod plans;

/// One thing that an operator can decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Name in `kairo.toml`; a dot is a table of TOML.
    pub name: &'static str,
    /// Name in the environment, which wins over the file.
    pub env: &'static str,
    /// The value when unset: read as if it were given, unless `is_note`.
    pub default: &'static str,
    /// Whether `default` describes what happens instead of being a value.
    pub is_note: bool,
    /// Whether the value must never be shown.
    pub is_secret: bool,
    /// What it decides, for a person.
    pub meaning: &'static str,
}

const fn key(
    name: &'static str,
    env: &'static str,
    default: &'static str,
    meaning: &'static str,
) -> Key {
    Key { name, env, default, is_note: false, is_secret: false, meaning }
}

impl Key {
    const fn note(self) -> Self {
        Self { is_note: true, ..self }
    }

    const fn secret(self) -> Self {
        Self { is_secret: true, ..self }
    }
}

/// The data folder.
pub const DATA_DIR: Key = key(
    "data_dir",
    "KAIRO_DATA_DIR",
    "`/var/lib/kairo` for root, `~/.local/share/kairo` otherwise",
    "Folder of everything that this node keeps; never inside a git work tree",
)
.note();
/// The HTTPS listener.
pub const LISTEN: Key =
    key("listen", "KAIRO_LISTEN", "127.0.0.1:8443", "Address and port of the HTTPS listener");
/// The origin of the pages.
pub const PUBLIC_ORIGIN: Key = key(
    "public_origin",
    "KAIRO_PUBLIC_ORIGIN",
    "`https://localhost:PORT` on a loopback listener",
    "What people type to reach Kairo, such as `https://kairo.example.com`; \
     needed on any other listener",
)
.note();
/// Where plain HTTP is sent on to HTTPS.
pub const HTTP_LISTEN: Key = key(
    "http_listen",
    "KAIRO_HTTP_LISTEN",
    "off",
    "Address and port of a plain HTTP listener that sends everybody to the public origin",
)
.note();
/// Where numbers are shown.
pub const METRICS_LISTEN: Key = key(
    "metrics_listen",
    "KAIRO_METRICS_LISTEN",
    "off",
    "Address and port of a plain HTTP listener with `/metrics` for Prometheus, of this machine or \
     a private network, such as `127.0.0.1:9464`; `public:` before any other",
)
.note();
/// Whose word about a client's address counts.
pub const TRUSTED_PROXIES: Key = key(
    "trusted_proxies",
    "KAIRO_TRUSTED_PROXIES",
    "none: the other end of the connection is the client",
    "Addresses or networks of the proxies in front of Kairo, with commas, such as \
     `192.0.2.7, 10.0.0.0/8`; what they say in `X-Forwarded-For` counts; needs a public origin",
)
.note();
/// An external PostgreSQL.
pub const DATABASE_URL: Key = key(
    "database_url",
    "KAIRO_DATABASE_URL",
    "a private cluster under the data folder",
    "An external PostgreSQL, such as `postgresql://USER:PASSWORD@HOST/kairo`, reached over TLS \
     with a verified name; `kairo migrate` signs in as USER, `serve` as roles of its own",
)
.note()
.secret();
/// Where the keys are.
pub const KEYS: Key = key(
    "keys",
    "KAIRO_KEYS",
    "`file:DATA_DIR/keys`",
    "Where the keys are: `file:` and an absolute folder outside of any git work tree",
)
.note();
/// The certificate chain.
pub const TLS_CERT: Key = key(
    "tls.cert",
    "KAIRO_TLS_CERT",
    "made by Kairo's own authority",
    "Certificate chain (PEM), together with the key; a new pair is taken within a minute, or at \
     SIGHUP",
)
.note();
/// The certificate's key.
pub const TLS_KEY: Key = key(
    "tls.key",
    "KAIRO_TLS_KEY",
    "made by Kairo",
    "Private key of the certificate (PEM), a file that only Kairo can read",
)
.note();
/// The mail server.
pub const SMTP_URL: Key = key(
    "mail.smtp_url",
    "KAIRO_SMTP_URL",
    "mail goes to the outbox, on a loopback origin only",
    "Mail server, such as `smtps://user:password@mail.example.com:465`",
)
.note()
.secret();
/// Who answers for the mail server's certificate.
pub const SMTP_CA: Key = key(
    "mail.smtp_ca",
    "KAIRO_SMTP_CA",
    "the public authorities",
    "Certificate (PEM) of the authority of a mail server that has one of its own; then it alone is \
     trusted",
)
.note();
/// The key of Resend's API.
pub const RESEND_API_KEY: Key = key(
    "mail.resend_api_key",
    "KAIRO_RESEND_API_KEY",
    "mail goes to the mail server, or to the outbox",
    "Key of [Resend](https://resend.com)'s API, instead of a mail server; one that may only send \
     is enough",
)
.note()
.secret();
/// Where Resend's API is.
pub const RESEND_BASE_URL: Key = key(
    "mail.resend_base_url",
    "KAIRO_RESEND_BASE_URL",
    "https://api.resend.com",
    "Origin of Resend's API",
);
/// What Resend's messages are signed with.
pub const RESEND_WEBHOOK_SECRET: Key = key(
    "mail.resend_webhook_secret",
    "KAIRO_RESEND_WEBHOOK_SECRET",
    "Kairo listens to no messages",
    "Signing secret (`whsec_…`) of a Resend webhook that leads to `/webhooks/resend`; addresses \
     whose mail comes back for good, or is called spam, then get no more",
)
.note()
.secret();
/// The sender.
pub const MAIL_FROM: Key = key(
    "mail.from",
    "KAIRO_MAIL_FROM",
    "none",
    "Sender of mail, such as `Kairo <kairo@example.com>`; needed with a mail server or Resend",
)
.note();
/// Who is told of alerts.
pub const ALERTS_EMAIL: Key = key(
    "alerts.email",
    "KAIRO_ALERTS_EMAIL",
    "alerts are in the log alone",
    "Address that gets alerts: somebody uses models out of the ordinary, the day's budget runs out",
)
.note();
/// Where alerts are sent.
pub const ALERTS_WEBHOOK_URL: Key = key(
    "alerts.webhook_url",
    "KAIRO_ALERTS_WEBHOOK_URL",
    "none",
    "Address that alerts are posted to as `{\"text\": …}`, such as an incoming webhook of Slack; \
     `http://` for this machine alone",
)
.note()
.secret();
/// What they are signed with.
pub const ALERTS_WEBHOOK_SECRET: Key = key(
    "alerts.webhook_secret",
    "KAIRO_ALERTS_WEBHOOK_SECRET",
    "none; needed with the address",
    "Secret that they are signed with: `whsec_` and 16 random bytes or more in base64",
)
.note()
.secret();
/// Where models are.
pub const AI_BASE_URL: Key = key(
    "ai.base_url",
    "KAIRO_AI_BASE_URL",
    "no model is asked; everything works offline",
    "Address of an OpenAI-compatible API, such as `https://api.openai.com/v1`; `http://` for a \
     model on this machine alone",
)
.note();
/// The key of the models' API.
pub const AI_API_KEY: Key =
    key("ai.api_key", "KAIRO_AI_API_KEY", "none", "Key of that API").note().secret();
/// The model that answers normally.
pub const AI_MODEL: Key =
    key("ai.model", "KAIRO_AI_MODEL", "none", "The model that answers; needed with the address")
        .note();
/// The model that answers whoever asks much.
pub const AI_SMALL_MODEL: Key = key(
    "ai.small_model",
    "KAIRO_AI_SMALL_MODEL",
    "the model itself",
    "The model that answers on the free plan, and whoever asks much in an hour",
)
.note();
/// What the model costs.
pub const AI_PRICE: Key = key(
    "ai.price",
    "KAIRO_AI_PRICE",
    "the price that Kairo knows; nothing on this machine",
    "US dollars for a million tokens of the prompt and of the answer, such as `0.40/1.60`",
)
.note();
/// What the small model costs.
pub const AI_SMALL_PRICE: Key =
    key("ai.small_price", "KAIRO_AI_SMALL_PRICE", "likewise", "The same for the small model")
        .note();
/// What the provider keeps.
pub const AI_RETENTION: Key = key(
    "ai.retention",
    "KAIRO_AI_RETENTION",
    "unstated: only a model on this machine is asked",
    "`zero` where the contract with the provider says that it keeps nothing of what it is sent",
)
.note();
/// Which hosts may be asked.
pub const AI_HOSTS: Key = key(
    "ai.hosts",
    "KAIRO_AI_HOSTS",
    "the host of the address alone",
    "Hosts that may be asked, with commas; the address must be among them",
)
.note();
/// The form of the log.
pub const LOG_FORMAT: Key =
    key("log.format", "KAIRO_LOG", "text", "Form of the log on standard error: `text` or `json`");
/// The depth of the log.
pub const LOG_LEVEL: Key = key(
    "log.level",
    "KAIRO_LOG_LEVEL",
    "info",
    "Least severity in the log: `error`, `warn`, `info`, `debug` or `trace`",
);
/// The programs of PostgreSQL.
pub const POSTGRES_BIN: Key = key(
    "postgres.bin",
    "KAIRO_POSTGRES_BIN",
    "found by `PATH`, then where packages put it",
    "Folder of `postgres` and `initdb` (15.14, 16.10, 17.6, 18.0 or later in its branch)",
)
.note();

/// Who runs this Kairo.
pub const ENTITY: Key = key(
    "operator.entity",
    "KAIRO_OPERATOR_ENTITY",
    "unstated: the Security page says so",
    "Who runs this Kairo, as the Security page and the privacy policy name them",
)
.note();
/// Whom to write to about security.
pub const SECURITY_ADDRESS: Key = key(
    "operator.security_address",
    "KAIRO_OPERATOR_SECURITY_ADDRESS",
    "unstated",
    "Address for reports of vulnerabilities and questions of security",
)
.note();
/// Where it is hosted.
pub const HOSTING: Key = key(
    "operator.hosting",
    "KAIRO_OPERATOR_HOSTING",
    "unstated",
    "Whose infrastructure it runs on, such as `Hetzner`",
)
.note();
/// In which regions.
pub const REGIONS: Key = key(
    "operator.regions",
    "KAIRO_OPERATOR_REGIONS",
    "unstated",
    "In which regions that is, such as `EU`; read before the word regions",
)
.note();
/// What the database is.
pub const DATABASE_SERVICE: Key = key(
    "operator.database_service",
    "KAIRO_OPERATOR_DATABASE_SERVICE",
    "unstated",
    "What the database runs on, such as `self-hosted PostgreSQL cluster`",
)
.note();
/// Where files are kept.
pub const STORAGE_SERVICE: Key = key(
    "operator.storage_service",
    "KAIRO_OPERATOR_STORAGE_SERVICE",
    "unstated",
    "Where files are kept, such as `the server's own disks`",
)
.note();
/// Who sends mail.
pub const MAIL_SERVICE: Key = key(
    "operator.mail_service",
    "KAIRO_OPERATOR_MAIL_SERVICE",
    "unstated",
    "Who carries its mail, such as `Resend`",
)
.note();

/// What the operator states about this Kairo, each by its placeholder on the Security page.
pub const FACTS: [(&str, Key); 7] = [
    ("entity", ENTITY),
    ("security_address", SECURITY_ADDRESS),
    ("database_service", DATABASE_SERVICE),
    ("storage_service", STORAGE_SERVICE),
    ("hosting", HOSTING),
    ("regions", REGIONS),
    ("mail_service", MAIL_SERVICE),
];

/// Every key, in the order of the README.
pub fn all() -> impl Iterator<Item = Key> {
    ALL.into_iter().chain(plans::all())
}

const ALL: [Key; 37] = [
    DATA_DIR,
    LISTEN,
    PUBLIC_ORIGIN,
    HTTP_LISTEN,
    METRICS_LISTEN,
    TRUSTED_PROXIES,
    DATABASE_URL,
    KEYS,
    TLS_CERT,
    TLS_KEY,
    SMTP_URL,
    SMTP_CA,
    RESEND_API_KEY,
    RESEND_BASE_URL,
    RESEND_WEBHOOK_SECRET,
    MAIL_FROM,
    ALERTS_EMAIL,
    ALERTS_WEBHOOK_URL,
    ALERTS_WEBHOOK_SECRET,
    AI_BASE_URL,
    AI_API_KEY,
    AI_MODEL,
    AI_SMALL_MODEL,
    AI_PRICE,
    AI_SMALL_PRICE,
    AI_RETENTION,
    AI_HOSTS,
    LOG_FORMAT,
    LOG_LEVEL,
    POSTGRES_BIN,
    ENTITY,
    SECURITY_ADDRESS,
    HOSTING,
    REGIONS,
    DATABASE_SERVICE,
    STORAGE_SERVICE,
    MAIL_SERVICE,
];

/// The key of this name in `kairo.toml`.
pub fn by_name(name: &str) -> Option<Key> {
    all().find(|key| key.name == name)
}

/// The key of this name in the environment.
pub fn by_env(env: &str) -> Option<Key> {
    all().find(|key| key.env == env)
}

/// The table of the README, in Markdown.
pub fn markdown() -> String {
    let mut out = String::from(
        "| in `kairo.toml` | in the environment | unset | meaning |\n| --- | --- | --- | --- |\n",
    );
    for Key { name, env, default, is_note, meaning, .. } in all() {
        let default = if is_note { default.to_owned() } else { format!("`{default}`") };
        out.push_str(&format!("| `{name}` | `{env}` | {default} | {meaning} |\n"));
    }
    out
}
