//! One small sample for each rule, which must break it, beside one that must not.

use super::*;

/// What the rules say about one file, without its path.
fn said(path: &str, text: &str) -> Vec<String> {
    let file = File { path: path.to_owned(), text: text.to_owned() };
    check(&[file])
        .into_iter()
        .map(|finding| format!("{}: {}", finding.line, finding.what))
        .collect()
}

fn assert_says(path: &str, text: &str, expected: &str) {
    let said = said(path, text);
    assert!(said.iter().any(|what| what.contains(expected)), "{text:?} in {path}: {said:?}");
}

fn assert_tidy(path: &str, text: &str) {
    let said = said(path, text);
    assert!(said.is_empty(), "{text:?} in {path}: {said:?}");
}

const ITEMS: &str = "crates/kairo/src/items/mod.rs";

// Goal: what stands in comments and literals is never taken for code, and the rest always is.
#[test]
fn literals_and_comments_are_blank() {
    let text = "//! A.\n/* todo!() /* dbg!() */ */\nlet a = r#\"todo!(\"#; let b = \"\\\"todo!\";\n\
        let c = '\"'; let d: &'static str = b\"dbg!\"; todo!()\n";
    let source = Source::read("xtask/src/a.rs", text);
    assert_eq!(source.code.len(), text.len());
    assert_eq!(source.code.matches("todo!").count(), 1);
    assert_eq!(source.code.matches("'static").count(), 1);
    let strings: Vec<&str> = source.strings.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(strings, ["todo!(", "\\\"todo!", "dbg!"]);
}

// Goal: an upward or sideways use is found in every way that Rust has to write one.
#[test]
fn direction_is_checked() {
    assert_says(ITEMS, "//! A.\nuse crate::web::Page;\n", "2: `items` stands below `web`");
    assert_says(
        ITEMS,
        "//! A.\nuse crate::{\n    db,\n    capture::{self, Read},\n};\n",
        "`capture`",
    );
    assert_says(ITEMS, "//! A.\nfn f() { crate::staff::open() }\n", "`staff`");
    assert_says(ITEMS, "//! A.\nuse super::ops;\n", "`ops`");
    let queries = "crates/kairo/src/items/queries.rs";
    assert_says(queries, "//! A.\nuse super::super::web;\n", "`web`");
    assert_says("crates/kairo/src/mail/mod.rs", "//! A.\nuse crate::keys;\n", "`keys`");
    assert_says("crates/kairo/src/limits.rs", "//! A.\nuse crate::config;\n", "`config`");
}

// Goal: uses downwards, of the own module and of the listed neighbours pass.
#[test]
fn allowed_directions_pass() {
    assert_tidy(ITEMS, "//! A.\nuse crate::{db::Door, limits};\nuse crate::items::Item;\n");
    assert_tidy("crates/kairo/src/cli/mod.rs", "//! A.\nuse crate::web;\n");
    assert_tidy("crates/kairo/src/config.rs", "//! A.\nuse crate::{clock, limits};\n");
    assert_tidy("crates/kairo/src/items/queries.rs", "//! A.\nuse super::web;\n");
    assert_tidy(ITEMS, "//! A, unlike `crate::web`.\nconst A: &str = \"crate::web::\";\n");
}

// Goal: a module that the table does not know fails, in either form.
#[test]
fn unlisted_modules_fail() {
    assert_says("crates/kairo/src/misc/mod.rs", "//! A.\n", "`misc` is no module");
    assert_says("crates/kairo/src/misc.rs", "//! A.\n", "`misc` is no module");
}

// Goal: HTTP and page types stay in `web`.
#[test]
fn http_stays_in_web() {
    assert_says(ITEMS, "//! A.\nuse axum::Json;\n", "`axum` belongs to `web`");
    assert_says(ITEMS, "//! A.\nstruct P(http::StatusCode);\n", "`http` belongs to `web`");
    assert_says(ITEMS, "//! A.\n#[derive(askama::Template)]\nstruct P;\n", "`askama`");
    assert_tidy("crates/kairo/src/web/mod.rs", "//! A.\nuse axum::Json;\n");
}

// Goal: the file that asks the provider may send by hyper, and is no more of the web than that.
#[test]
fn a_client_has_its_place() {
    let sends = "//! A.\nuse hyper::Request;\nuse hyper_util::client::legacy;\n";
    assert_tidy("crates/kairo/src/ai/client.rs", sends);
    assert_says("crates/kairo/src/ai/client.rs", "//! A.\nuse axum::Json;\n", "`axum` belongs");
    assert_says("crates/kairo/src/ai/call.rs", sends, "`hyper` belongs to `web`");
}

// Goal: the document's table of layers is the one that is checked.
#[test]
fn the_document_shows_the_table() {
    assert_says("ARCHITECTURE.md", "```text\nmain, web\n```\n", "table of layers differs");
    assert_tidy("ARCHITECTURE.md", &format!("```text\n{}```\n", layers::table()));
}

// Goal: statements are found outside the places where a test prepares them, in any layout.
#[test]
fn sql_has_its_places() {
    let statement = "//! A.\nconst Q: &str = \"SELECT id FROM app.items\";\n";
    assert_says(ITEMS, statement, "2: move the statement");
    assert_says(
        ITEMS,
        "//! A.\nconst Q: &str = r\"\n  DELETE\n  FROM a\";\n",
        "move the statement",
    );
    assert_tidy("crates/kairo/src/items/queries.rs", statement);
    assert_tidy("crates/kairo/src/db/door.rs", statement);
    assert_tidy("crates/kairo/tests/it/items.rs", statement);
    assert_tidy(ITEMS, "//! A.\nconst A: &str = \"Select a day\";\n");
}

// Goal: one line, column or function line past each size fails, and the size itself passes.
#[test]
fn sizes_are_bounded() {
    let body = |lines: usize| format!("//! A.\nfn a() {{\n{}}}\n", "    b();\n".repeat(lines - 2));
    assert_tidy(ITEMS, &body(70));
    assert_says(ITEMS, &body(71), "2: `a` has 71 lines");
    let file = |lines: usize| format!("//! A.\n{}", "use a;\n".repeat(lines - 1));
    assert_tidy(ITEMS, &file(500));
    assert_says(ITEMS, &file(501), "501 lines");
    let wide = |columns: usize| format!("//! {}\n", "ä".repeat(columns - 4));
    assert_tidy(ITEMS, &wide(100));
    assert_says(ITEMS, &wide(101), "101 columns");
    assert_says(ITEMS, "use a;\n", "1: open the file with `//!`");
}

// Goal: a function with braces in its strings, or without a body, is measured right.
#[test]
fn functions_are_measured_by_their_code() {
    let text = "//! A.\ntrait T {\n    fn a(&self) -> [u8; 2];\n}\nfn b() {\n    c(\"}\");\n}\n";
    let long = format!("{text}fn d(e: fn(u8)) {{\n{}}}\n", "    '{';\n".repeat(69));
    assert_eq!(said(ITEMS, &long), ["8: `d` has 71 lines; cut it below 70"]);
}

// Goal: each banned word is found, and only in code.
#[test]
fn banned_words_are_found() {
    for word in ["#[allow(dead_code)]\nfn a() {}", "#[ignore]", "#[should_panic]", "fn get_a() {}"]
    {
        assert_says(ITEMS, &format!("//! A.\n{word}\n"), "2: `");
    }
    for word in ["todo!()", "unimplemented!()", "dbg!(a)"] {
        assert_says(ITEMS, &format!("//! A.\nfn a() {{ {word} }}\n"), "2: `");
        assert_tidy(ITEMS, &format!("//! A.\n// {word}\n"));
    }
    assert_says(ITEMS, "//! A.\nmod tests {\n}\n", "move the tests to `tests.rs`");
}

// Goal: names that fit anything are found in both cases and in the plural, and no others.
#[test]
fn empty_names_are_found() {
    for declared in ["pub struct KeyManager;", "pub(crate) mod helpers;", "type UserService = u8;"]
    {
        assert_says(ITEMS, &format!("//! A.\n{declared}\n"), "name it after what it does");
    }
    assert_tidy(ITEMS, "//! A.\nstruct Utility;\nuse tower_service as _;\n");
    assert_tidy(
        "crates/kairo/src/web/mod.rs",
        "//! A.\nimpl A for B {\n    type Service = C;\n}\n",
    );
}

// Goal: whatever the Content-Security-Policy refuses, or the escaping would miss, is found.
#[test]
fn templates_are_checked() {
    let path = "crates/kairo/templates/a.html";
    for (markup, said) in [
        ("<p style=\"a\">", "inline styles"),
        ("<style>", "inline styles"),
        ("<a onclick=\"a()\">", "`on…=`"),
        ("<script>a()</script>", "inline scripts"),
        ("<a href=\"javascript:a()\">", "an address"),
        ("{{ name | safe }}", "`|safe`"),
    ] {
        assert_says(path, &format!("{markup}\n"), said);
    }
    assert_tidy(path, "<script type=\"module\" src=\"/a.js\"></script>\n<a title=\"on=off\">\n");
    assert_tidy(path, "<p class=\"option\" lang=\"en\" hidden>{{ a|date }}</p>\n");
}

// Goal: white space, line ends, machine paths and download addresses are found in any file.
#[test]
fn text_is_clean() {
    assert_says("a.md", "a \n", "1: take out the white space");
    assert_says("a.md", "a\r\n", "line feed alone");
    assert_says("a.md", "a", "end the file");
    assert_says("a.md", "a\n\n", "empty lines at the end");
    for folder in ["home", "root", "work"] {
        assert_says("a.md", &format!("cd /{folder}/ana\n"), "a path of one machine");
        assert_tidy("a.md", &format!("src/{folder}/mod.rs\n"));
    }
    let lock = "{\n  \"resolved\": \"https://example.org/a.tgz\"\n}\n";
    assert_says("e2e/package-lock.json", lock, "a download address");
}

// Goal: migrations are numbered without gaps, well named and explained.
#[test]
fn migrations_are_in_order() {
    let file = |name: &str, text: &str| File {
        path: format!("crates/kairo/migrations/{name}"),
        text: text.to_owned(),
    };
    let good = [file("0001_users_create.sql", "-- Why.\n"), file("0002_a_b.sql", "-- Why.\n")];
    assert_eq!(migrations::check(&good), []);
    for (name, text, said) in [
        ("0003_users_create.sql", "-- Why.\n", "number 0002"),
        ("0002-users.sql", "-- Why.\n", "NNNN_noun_change.sql"),
        ("0002_users.sql", "-- Why.\n", "NNNN_noun_change.sql"),
        ("0002_users_create.sql", "SELECT 1;\n", "open with a comment"),
    ] {
        let found = migrations::check(&[file("0001_a_b.sql", "-- Why.\n"), file(name, text)]);
        assert!(found.iter().any(|finding| finding.what.contains(said)), "{name}: {found:?}");
    }
}

// Goal: a crate is found in a tree by its whole name alone.
#[test]
fn trees_are_read_by_whole_names() {
    let tree = "kairo-vault v0.1.0\ntokio v1.0.0\ntokio-util v0.7.0 (*)\n";
    assert_eq!(tree::named(tree, &["tokio", "tokio-postgres", "hyper"]), ["tokio"]);
}
