//! Addresses, types and lists of the embedded files.

use std::fs;
use std::path::Path;

use axum::body::Body;
use axum::http::Request;
use tower::ServiceExt as _;

use super::*;

async fn fetch(path: &str) -> Response {
    let request = Request::get(path).body(Body::empty()).unwrap();
    routes::<()>().oneshot(request).await.unwrap()
}

// Goal: a hashed address is served with its type, for ever.
#[tokio::test]
async fn a_style_is_immutable() {
    let response = fetch(asset("app.css")).await;
    assert_eq!(response.status().as_u16(), 200);
    assert_eq!(response.headers()["content-type"], "text/css; charset=utf-8");
    assert_eq!(response.headers()["cache-control"], "public, max-age=31536000, immutable");
}

// Goal: another hash, the plain name and a way out of the folder are all 404.
#[tokio::test]
async fn only_the_true_hash_is_served() {
    let other = asset("app.css").replace("app.", "app.0");
    for path in [&other, "/assets/app.css", "/assets/..%2fCargo.toml", "/assets/missing"] {
        assert_eq!(fetch(path).await.status().as_u16(), 404, "{path}");
    }
}

// Goal: the sheets are joined in the order of the cascade.
#[test]
fn styles_keep_their_order() {
    let names: Vec<_> = STYLES.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["reset.css", "tokens.css", "base.css", "components.css", "pages.css"]);
}

// Goal: every name that a template asks for is embedded.
#[test]
fn templates_name_known_assets() {
    let mut seen = 0;
    visit(&Path::new(env!("CARGO_MANIFEST_DIR")).join("templates"), &mut |text, path| {
        for rest in text.split("asset(\"").skip(1) {
            let name = rest.split('"').next().unwrap();
            assert_ne!(asset(name), MISSING, "{name} in {}", path.display());
            seen += 1;
        }
    });
    assert!(seen > 0);
}

// Goal: no file lies in the folder without being served.
#[test]
fn every_file_is_embedded() {
    for (folder, files) in [("css", STYLES), ("js", SCRIPTS), ("img", PICTURES)] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets").join(folder);
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            assert!(files.iter().any(|(known, _)| *known == name), "{name} is not in the list");
        }
    }
}

// Goal: a script imports its neighbour by the hashed name; an import that was not rewritten is 404.
#[test]
fn imports_are_hashed() {
    let mut assets = Assets::default();
    assets.add("part.js", b"export const a = 1;".to_vec());
    let script =
        assets.with_hashed_imports(b"import { a } from \"./part.js\"; import './part.js';");
    let hashed = assets.paths["part.js"].replace("/assets/", "./");
    let wanted = format!("import {{ a }} from \"{hashed}\"; import '{hashed}';");
    assert_eq!(String::from_utf8(script).unwrap(), wanted);
    for (name, script) in &ASSETS.files {
        let text = String::from_utf8_lossy(&script.body);
        let plain = SCRIPTS.iter().find(|(known, _)| text.contains(&format!("./{known}")));
        assert!(plain.is_none(), "{name} imports {plain:?} by its plain name");
    }
}

fn visit(folder: &Path, check: &mut impl FnMut(&str, &Path)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            visit(&path, check);
        } else {
            check(&fs::read_to_string(&path).unwrap(), &path);
        }
    }
}
