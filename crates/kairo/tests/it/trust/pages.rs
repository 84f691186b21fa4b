//! The public pages: what each state looks like, what stands there without a database, and that
//! the checks which read these pages over the wire would find what they look for.

use crate::harness::Kairo;

// Goal: every public page answers somebody whom nobody knows.
#[tokio::test]
async fn pages_answer_strangers() {
    let app = Kairo::start().await;
    let stranger = app.anonymous();
    for path in [
        "/security",
        "/security.json",
        "/security/2.1",
        "/security/criteria",
        "/privacy",
        "/.well-known/security.txt",
        "/.well-known/kairo-evidence.json",
    ] {
        let page = stranger.get(path).await.is(200);
        println!("{path}: {}", page.body.len());
        if let Ok(folder) = std::env::var("KAIRO_PAGES_DIR") {
            std::fs::write(format!("{folder}/{}.html", path.replace('/', "_")), &page.body)
                .unwrap();
        }
    }
}
