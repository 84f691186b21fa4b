//! Configuration and the data folder.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use super::file::{publish_file, read_file};
use super::scratch::Scratch;
use super::*;

fn nobody() -> OsAccount {
    OsAccount {
        uid: 1000,
        gid: 1000,
        home: Some("/homes/ada".into()),
        data_home: None,
        runtime_dir: None,
    }
}

fn me() -> OsAccount {
    OsAccount::current(std::iter::empty())
}

type Loaded = Result<(Config, Vec<Warning>), ConfigError>;

fn load(env: &[(&str, &str)]) -> Loaded {
    let pairs = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::load(None, pairs, &nobody())
}

fn load_file(name: &str, text: &str, env: &[(&str, &str)]) -> Loaded {
    let dir = Scratch::new(name);
    let file = dir.join("kairo.toml");
    fs::write(&file, text).unwrap();
    let pairs = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::load(Some(&file), pairs, &nobody())
}

fn refusal(loaded: Loaded) -> String {
    loaded.unwrap_err().to_string()
}

// With nothing set, Kairo listens on loopback, keeps its data in the user's folder and has an
// outbox.
#[test]
fn defaults() {
    let (config, warnings) = load(&[]).unwrap();
    assert_eq!(config.data_dir, PathBuf::from("/homes/ada/.local/share/kairo"));
    assert_eq!(config.listen.to_string(), "127.0.0.1:8443");
    assert_eq!(config.origin(config.listen).to_string(), "https://localhost:8443");
    assert_eq!(config.keys, KeySource::File("/homes/ada/.local/share/kairo/keys".into()));
    assert_eq!(config.log_format, LogFormat::Text);
    assert!(config.outbox_allowed() && config.is_loopback() && warnings.is_empty());
}

// Root's default is the system's place, and root is warned.
#[test]
fn defaults_of_root() {
    let (config, warnings) =
        Config::load(None, std::iter::empty(), &OsAccount { uid: 0, ..nobody() }).unwrap();
    assert_eq!(config.data_dir, PathBuf::from("/var/lib/kairo"));
    assert_eq!(warnings, [Warning::RunsAsRoot]);
}

// The environment wins over the file, and an empty variable counts as unset.
#[test]
fn environment_wins() {
    let text = "listen = \"127.0.0.1:1\"\n[log]\nformat = \"json\"\nlevel = \"debug\"\n";
    let env = [("KAIRO_LISTEN", "127.0.0.1:2"), ("KAIRO_LOG", "")];
    let (config, _) = load_file("wins", text, &env).unwrap();
    assert_eq!(config.listen.port(), 2);
    assert_eq!(config.log_format, LogFormat::Json);
    assert_eq!(config.log_level, tracing::Level::DEBUG);
}

// A misspelt key in the file is an error; a misspelt variable only a warning.
#[test]
fn unknown_names() {
    assert!(refusal(load_file("unknown", "listn = \"x\"", &[])).contains("no key listn"));
    assert!(refusal(load_file("unknown2", "[log]\nform = 1", &[])).contains("no key log.form"));
    assert!(refusal(load_file("unknown3", "[log]\n[log.format]\na = 1", &[])).contains("quotes"));
    let (_, warnings) = load(&[("KAIRO_SERVICE_HOST", "10.0.0.1"), ("PATH", "/bin")]).unwrap();
    assert_eq!(warnings, [Warning::UnknownVariable("KAIRO_SERVICE_HOST".to_owned())]);
}

// Goal: numbers are shown to this machine and to private networks; any other address, the wildcard
// too, has to be asked for by a word.
#[test]
fn metrics_stay_near() {
    let listen = |text: &str| load(&[("KAIRO_METRICS_LISTEN", text)]);
    for near in [
        "127.0.0.1:9464",
        "[::1]:9464",
        "10.1.2.3:1",
        "192.168.0.1:1",
        "172.31.0.1:1",
        "100.64.0.1:1",
        "[fd00::1]:1",
        "[fe80::1]:1",
        "[::ffff:10.0.0.1]:1",
        "public:203.0.113.7:9464",
        "public:0.0.0.0:9464",
    ] {
        assert!(listen(near).unwrap().0.metrics_listen.is_some(), "{near}");
    }
    for far in ["0.0.0.0:9464", "[::]:9464", "203.0.113.7:1", "100.128.0.1:1", "[2001:db8::1]:1"] {
        let said = refusal(listen(far));
        assert!(said.contains("KAIRO_METRICS_LISTEN") && said.contains("public:"), "{said}");
    }
    assert!(refusal(listen("9464")).contains("127.0.0.1"));
    assert_eq!(load(&[]).unwrap().0.metrics_listen, None);
}

// A wrong value names its place and what would be right.
#[test]
fn wrong_values() {
    for (name, value, hint) in [
        ("KAIRO_LISTEN", "localhost", "127.0.0.1:8443"),
        ("KAIRO_PUBLIC_ORIGIN", "http://a.example", "https://kairo.example.com"),
        ("KAIRO_PUBLIC_ORIGIN", "https://a.example/path", "no path"),
        ("KAIRO_KEYS", "/etc/keys", "file:/etc/kairo/keys"),
        ("KAIRO_LOG", "xml", "text or json"),
        ("KAIRO_LOG_LEVEL", "loud", "debug"),
        ("KAIRO_TLS_CERT", "cert.pem", "absolute"),
        ("KAIRO_POSTGRES_BIN", "bin", "absolute"),
        ("KAIRO_MAIL_FROM", "nobody", "Kairo <kairo@example.com>"),
    ] {
        let said = refusal(load(&[(name, value)]));
        assert!(said.starts_with(name) && said.contains(hint), "{said}");
    }
}

// A listener that others reach needs an origin, and then a mail server: no outbox there.
#[test]
fn reachable_by_others() {
    let open = ("KAIRO_LISTEN", "0.0.0.0:443");
    let origin = ("KAIRO_PUBLIC_ORIGIN", "https://kairo.example.com");
    let from = ("KAIRO_MAIL_FROM", "Kairo <kairo@example.com>");
    let smtp = ("KAIRO_SMTP_URL", "smtps://u:hunter22@mail.example.com:465");
    assert!(refusal(load(&[open])).contains("KAIRO_PUBLIC_ORIGIN"));
    for env in [[open, origin], [("KAIRO_LISTEN", "127.0.0.1:1"), origin]] {
        assert!(refusal(load(&env)).contains("KAIRO_SMTP_URL"));
    }
    let here = ("KAIRO_PUBLIC_ORIGIN", "https://localhost:8443");
    assert!(refusal(load(&[open, here])).contains("KAIRO_SMTP_URL"));
    let (config, _) = load(&[open, origin, from, smtp]).unwrap();
    assert!(!config.outbox_allowed() && !config.is_loopback());
    assert_eq!(config.origin(config.listen).to_string(), "https://kairo.example.com");
}

// Keys that belong together come together.
#[test]
fn halves() {
    assert!(refusal(load(&[("KAIRO_TLS_CERT", "/a.pem")])).contains("KAIRO_TLS_KEY is not"));
    assert!(refusal(load(&[("KAIRO_MAIL_FROM", "a@b.example")])).contains("KAIRO_SMTP_URL is not"));
}

// Alerts go to an address and to a signed webhook over TLS; half a webhook is refused, and neither
// its address nor its secret is shown.
#[test]
fn alerts_have_an_address_or_a_signed_webhook() {
    let secret = ("KAIRO_ALERTS_WEBHOOK_SECRET", "whsec_aHVudGVyMjJodW50ZXIyMg==");
    let url = ("KAIRO_ALERTS_WEBHOOK_URL", "https://hooks.example.com/T0/hunter22");
    let email = ("KAIRO_ALERTS_EMAIL", "ops@example.com");
    let (config, _) = load(&[email, url, secret]).unwrap();
    assert_eq!(config.alerts.email.as_deref(), Some("ops@example.com"));
    assert!(config.alerts.webhook.is_some());
    assert!(!format!("{config:?}").contains("hunter22"));
    assert!(load(&[("KAIRO_ALERTS_WEBHOOK_URL", "http://127.0.0.1:9/x"), secret]).is_ok());
    assert!(refusal(load(&[url])).contains("KAIRO_ALERTS_WEBHOOK_SECRET"));
    assert!(refusal(load(&[secret])).contains("KAIRO_ALERTS_WEBHOOK_URL"));
    for plain in ["http://hooks.example.com/hunter22", "hooks.example.com", "https://"] {
        let said = refusal(load(&[("KAIRO_ALERTS_WEBHOOK_URL", plain), secret]));
        assert!(said.contains("https://hooks.example.com/kairo"), "{said}");
        assert!(!said.contains("hunter22"), "{said}");
    }
}

// Mail leaves by one way, with a sender; a secret of a webhook belongs to a key.
#[test]
fn ways_of_mail() {
    let from = ("KAIRO_MAIL_FROM", "a@b.example");
    let (key, smtp) = (("KAIRO_RESEND_API_KEY", "re_hunter22"), ("KAIRO_SMTP_URL", "smtps://h"));
    let hook = ("KAIRO_RESEND_WEBHOOK_SECRET", "whsec_aHVudGVyMjJodW50ZXIyMg==");
    let both = refusal(load(&[from, key, smtp]));
    assert!(both.contains("KAIRO_SMTP_URL and KAIRO_RESEND_API_KEY are both set"), "{both}");
    assert!(refusal(load(&[key])).contains("KAIRO_MAIL_FROM is not"));
    assert!(refusal(load(&[hook])).contains("KAIRO_RESEND_API_KEY is not"));
    assert!(refusal(load(&[("KAIRO_SMTP_CA", "/ca.pem")])).contains("KAIRO_SMTP_URL is not"));
    assert!(refusal(load(&[from, smtp, hook])).contains("KAIRO_RESEND_API_KEY is not"));
    let (config, _) = load(&[from, key, hook]).unwrap();
    assert!(!config.outbox_allowed());
    let shown = format!("{config:?} {:?}", config.settings());
    assert!(shown.contains("https://api.resend.com") && !shown.contains("unter"), "{shown}");
    assert!(matches!(config.mail.unwrap().way, MailWay::Resend { webhook_secret: Some(_), .. }));
    for secret in ["hunter22", "whsec_", "whsec_aHVudGVy", "whsec_!"] {
        let said = refusal(load(&[from, key, ("KAIRO_RESEND_WEBHOOK_SECRET", secret)]));
        assert!(said.contains("whsec_ included") && !said.contains("unter"), "{said}");
    }
}

// The key of the mail provider never travels in plain text to another machine.
#[test]
fn mail_providers() {
    for good in ["https://api.resend.com", "https://mail.example.com:8443/", "http://127.0.0.1:1"] {
        assert!(read::api_origin(good).is_ok(), "{good}");
    }
    for bad in ["http://api.resend.com", "api.resend.com", "https://h/emails", "https://u:p@h"] {
        assert!(read::api_origin(bad).is_err(), "{bad}");
    }
}

// Mail is encrypted, unless it stays on this machine.
#[test]
fn mail_servers() {
    for good in [
        "smtps://h",
        "smtps://u:p@h:465",
        "smtp://h?tls=required",
        "smtp://localhost:25",
        "smtp://[::1]",
    ] {
        assert!(read::smtp_url(good).is_ok(), "{good}");
    }
    for bad in ["smtp://h", "smtp://u@h:25", "smtps://", "http://h", "h:25", "smtps://h:port"] {
        assert!(read::smtp_url(bad).is_err(), "{bad}");
    }
}

// No secret is in Debug, in an error, or among the settings of node.json.
#[test]
fn secrets_are_not_shown() {
    let smtp = ("KAIRO_SMTP_URL", "smtps://u:hunter22@h:465");
    let (config, _) = load(&[smtp, ("KAIRO_MAIL_FROM", "a@b.example")]).unwrap();
    assert!(!format!("{config:?}").contains("hunter22"));
    assert!(!config.settings().values().any(|value| value.contains("hunter22")));
    assert_eq!(config.settings().get("mail.from").map(String::as_str), Some("a@b.example"));
    let wrong = ("KAIRO_SMTP_URL", "smtp://u:hunter22@h:25");
    assert!(!refusal(load(&[wrong])).contains("hunter22"));
    let said = refusal(load_file("syntax", "a = 1\nsmtp_url = \"hunter22", &[]));
    assert!(said.contains("line 2") && !said.contains("hunter22"), "{said}");
}

// A file with a password that others can read is warned of.
#[test]
fn open_file_with_a_secret() {
    let text = "[mail]\nsmtp_url = \"smtps://u:p@h\"\nfrom = \"a@b.example\"\n";
    let (_, warnings) = load_file("open", text, &[]).unwrap();
    assert!(matches!(warnings.as_slice(), [Warning::OpenToOthers(_)]));
}

// The file in the data folder is read, and may not send the data elsewhere.
#[test]
fn file_in_the_data_folder() {
    let dir = Scratch::new("inside");
    let env = [("KAIRO_DATA_DIR", dir.to_str().unwrap())];
    fs::write(dir.join("kairo.toml"), "listen = \"127.0.0.1:7\"").unwrap();
    assert_eq!(load(&env).unwrap().0.listen.port(), 7);
}

// Origins have one spelling, and the default port none.
#[test]
fn origins() {
    for (text, shown) in [
        ("https://a.example", "https://a.example"),
        ("https://a.example:443/", "https://a.example"),
        ("https://[::1]:8443", "https://[::1]:8443"),
        ("https://[::1]", "https://[::1]"),
    ] {
        assert_eq!(Origin::parse(text).unwrap().to_string(), shown);
    }
    for bad in [
        "https://",
        "https://A.example",
        "https://u@a.example",
        "https://a..b",
        "https://a:0443",
        "https://a:+1",
        "https://a:70000",
        "https://[::0001]",
        "https://a b",
        "https://a#x",
    ] {
        assert_eq!(Origin::parse(bad), None, "{bad}");
    }
}

// The table holds each name once, and the README's table every key.
#[test]
fn table_is_whole() {
    for key in table::all() {
        assert_eq!(table::by_name(key.name), Some(key));
        assert_eq!(table::by_env(key.env), Some(key));
        assert!(table::markdown().contains(&format!("| `{}` | `{}` |", key.name, key.env)));
        assert!(key.env.starts_with("KAIRO_"));
    }
}

// Goal: the README's table is the one that the program prints.
#[test]
fn table_of_the_readme() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
    let readme = fs::read_to_string(file).unwrap();
    let (_, rest) = readme.split_once("<!-- config:begin -->\n").unwrap();
    let (shown, _) = rest.split_once("<!-- config:end -->").unwrap();
    assert_eq!(shown, table::markdown(), "put what `kairo settings` prints between the marks");
}

// The folder and what is in it are closed to others.
#[test]
fn data_folder_is_closed() {
    let dir = Scratch::new("closed");
    let folder = DataFolder::open(&dir.join("a/data"), &me()).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!(mode(folder.root()), 0o711);
    assert_eq!(mode(&folder.keys()), 0o700);
    assert_eq!(mode(&folder.outbox()), 0o700);
    fs::set_permissions(folder.keys(), fs::Permissions::from_mode(0o750)).unwrap();
    let refused = DataFolder::open(folder.root(), &me()).unwrap_err();
    assert!(matches!(refused, FolderError::OpenToOthers { mode: 0o750, .. }), "{refused}");
}

// Keys must not end in a commit: a folder in a git work tree is refused, through a link as well.
#[test]
fn git_work_tree_is_refused() {
    let tree = Scratch::new("git");
    fs::create_dir(tree.join(".git")).unwrap();
    fs::create_dir(tree.join("real")).unwrap();
    let links = Scratch::new("git-link");
    let link = links.join("data");
    symlink(tree.join("real"), &link).unwrap();
    for path in [tree.join("new/data"), link] {
        let refused = DataFolder::open(&path, &me()).unwrap_err();
        assert!(matches!(refused, FolderError::GitWorkTree { .. }), "{refused}");
    }
    assert!(!tree.join("new").exists());
}

// A folder with other things in it keeps its mode and is refused; a link inside is refused.
#[test]
fn foreign_folder_is_refused() {
    let dir = Scratch::new("foreign");
    fs::write(dir.join("letter.txt"), "dear").unwrap();
    let before = fs::metadata(&*dir).unwrap().permissions();
    assert!(matches!(DataFolder::open(&dir, &me()), Err(FolderError::Foreign(_))));
    assert_eq!(fs::metadata(&*dir).unwrap().permissions(), before);
    let dir = Scratch::new("linked");
    symlink("/tmp", dir.join("keys")).unwrap();
    assert!(matches!(DataFolder::open(&dir, &me()), Err(FolderError::NotFolder(_))));
}

// The lock admits one, names the holder, and is free again when it is dropped.
#[test]
fn lock_admits_one() {
    let dir = Scratch::new("lock");
    let folder = DataFolder::open(&dir.join("data"), &me()).unwrap();
    let lock = folder.lock(Holder::Serve).unwrap();
    let said = folder.lock(Holder::Command).unwrap_err().to_string();
    assert!(said.contains(&format!("kairo serve (process {})", std::process::id())), "{said}");
    drop(lock);
    assert!(folder.lock(Holder::Serve).is_ok());
}

// `serve` waits for a command that holds the folder for a moment, and not for another `serve`.
#[test]
fn lock_waits_for_a_command() {
    let dir = Scratch::new("soon");
    let folder = DataFolder::open(&dir.join("data"), &me()).unwrap();
    let command = folder.lock(Holder::Command).unwrap();
    let serve = std::thread::scope(|scope| {
        let serve = scope.spawn(|| folder.lock_soon(Holder::Serve));
        std::thread::sleep(std::time::Duration::from_millis(50));
        drop(command);
        serve.join().unwrap().unwrap()
    });
    let started = std::time::Instant::now();
    assert!(folder.lock_soon(Holder::Serve).is_err());
    assert!(started.elapsed().as_secs() < 5);
    drop(serve);
}

// A folder that a copy closed too far is opened again, for the cluster's user must pass through.
#[test]
fn folder_of_a_copy_is_opened() {
    let dir = Scratch::new("copy");
    let folder = DataFolder::open(&dir.join("data"), &me()).unwrap();
    for path in [folder.root(), &folder.run()] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).unwrap();
    }
    DataFolder::open(folder.root(), &me()).unwrap();
    for path in [folder.root(), &folder.run()] {
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o711);
    }
}

// node.json of a killed node does not pass for that of the one that runs now.
#[test]
fn node_of_an_earlier_hold_is_not_running() {
    let dir = Scratch::new("node");
    let folder = DataFolder::open(&dir.join("data"), &me()).unwrap();
    let lock = folder.lock(Holder::Serve).unwrap();
    let node = Node { listen: "127.0.0.1:1".to_owned(), ..Node::default() };
    node.publish(&lock).unwrap();
    assert_eq!(Node::running(&folder).unwrap().unwrap().listen, "127.0.0.1:1");
    let mode = fs::metadata(folder.run().join("node.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    drop(lock);
    let _second = folder.lock(Holder::Serve).unwrap();
    assert_eq!(Node::running(&folder).unwrap(), None);
    assert_eq!(Node::last(&folder).unwrap().unwrap().listen, "127.0.0.1:1");
}

// Of two first starts one publishes, and nothing else is left in the folder.
#[test]
fn published_once() {
    let dir = Scratch::new("publish");
    assert!(publish_file(&dir.join("ring"), b"one", 0o600).unwrap());
    assert!(!publish_file(&dir.join("ring"), b"two", 0o600).unwrap());
    assert_eq!(read_file(&dir.join("ring")).unwrap().unwrap().0, "one");
    assert_eq!(fs::read_dir(&*dir).unwrap().count(), 1);
}

// Goal: money of the settings is exact, and every number of a plan has its bounds, one past each.
#[test]
fn plans_and_money() {
    for (text, nano) in
        [("20", 20_000_000_000), ("0", 0), ("2.5", 2_500_000_000), ("0.000000001", 1)]
    {
        assert_eq!(read::dollars(text), Ok(nano), "{text}");
    }
    for wrong in ["", ".", "1.", ".5", "-1", "1e3", "1,5", "0.0000000001", "1000000.1", "١"] {
        assert!(read::dollars(wrong).is_err(), "{wrong}");
    }
    assert_eq!(read::credits("1000000000"), Ok(1_000_000_000));
    assert!(read::credits("1000000001").is_err() && read::credits("-1").is_err());
    assert_eq!((read::burst("never"), read::burst("40")), (Ok(None), Ok(Some(40))));
    assert!(read::burst("1000000001").is_err() && read::class("large").is_err());
    assert!(read::at_once("0").is_err() && read::at_once("1001").is_err());
    assert!(read::input_bytes("262144").is_ok() && read::input_bytes("262145").is_err());
    assert!(read::tokens("1000000").is_ok() && read::tokens("1000001").is_err());
}

// Goal: without settings the plans are the defaults of the code, which tests and benches use.
#[test]
fn plans_by_default() {
    let (config, _) = load(&[]).unwrap();
    assert_eq!(config.plans, Plans::default());
}

// Nothing about a provider counts without its address, and an address needs a model; what is unset
// follows from the rest.
#[test]
fn a_provider_of_models() {
    for name in ["MODEL", "SMALL_MODEL", "API_KEY", "PRICE", "SMALL_PRICE", "RETENTION", "HOSTS"] {
        let name = format!("KAIRO_AI_{name}");
        let refused = refusal(load(&[(&name, "zero")]));
        assert!(refused.contains("KAIRO_AI_BASE_URL"), "{refused}");
    }
    let base = ("KAIRO_AI_BASE_URL", "https://api.openai.com/v1/");
    assert!(refusal(load(&[base])).contains("KAIRO_AI_MODEL"));
    let (config, _) =
        load(&[base, ("KAIRO_AI_MODEL", "gpt-4o"), ("KAIRO_AI_PRICE", "2/8")]).unwrap();
    let ai = config.ai.unwrap();
    assert_eq!(
        (ai.base_url.as_str(), ai.small_model.as_str()),
        ("https://api.openai.com/v1", "gpt-4o")
    );
    assert_eq!((ai.hosts, ai.local, ai.zero_retention), (vec![ai.host], false, false));
    for (name, bad) in [
        ("KAIRO_AI_BASE_URL", "http://api.openai.com/v1"),
        ("KAIRO_AI_PRICE", "free"),
        ("KAIRO_AI_RETENTION", "thirty days"),
        ("KAIRO_AI_HOSTS", "api.openai.com:443"),
        ("KAIRO_AI_MODEL", "a model"),
    ] {
        let all = [base, ("KAIRO_AI_MODEL", "gpt-4o")].into_iter().filter(|(key, _)| *key != name);
        let all: Vec<_> = all.chain([(name, bad)]).collect();
        assert!(refusal(load(&all)).contains(name), "{bad}");
    }
}
