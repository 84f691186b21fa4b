//! Who sees the development outbox.

use axum::body::Body;

use crate::harness::Kairo;
use crate::harness::actors::Actor;

const OWN: &str = "localhost:8443";

async fn look(actor: &Actor, uri: &str, hosts: &[&str]) -> u16 {
    let mut request = actor.request("GET", uri);
    for host in hosts {
        request = request.header("host", *host);
    }
    actor.send(request.body(Body::empty()).unwrap()).await.status.as_u16()
}

// Goal: a page of another name that leads to this machine (DNS rebinding) reads no sign-in link.
#[tokio::test]
async fn only_the_sites_own_name_shows_the_outbox() {
    let app = Kairo::start().await;
    let ana = app.anonymous();
    assert_eq!(look(&ana, "/outbox", &[OWN]).await, 200);
    assert_eq!(look(&ana, &format!("https://{OWN}/outbox"), &[]).await, 200);
    let wrong: [&[&str]; 5] =
        [&[], &["evil.example:8443"], &["localhost"], &["127.0.0.1:8443"], &[OWN, "evil.example"]];
    for hosts in wrong {
        assert_eq!(look(&ana, "/outbox", hosts).await, 404, "{hosts:?}");
    }
    assert_eq!(look(&ana, "https://evil.example:8443/outbox", &[OWN]).await, 404);
}

// Goal: another machine sees no outbox, whatever name it says.
#[tokio::test]
async fn only_this_machine_sees_the_outbox() {
    let app = Kairo::start().await;
    let mut far = app.anonymous();
    far.peer = ([192, 0, 2, 1], 40_000).into();
    assert_eq!(look(&far, "/outbox", &[OWN]).await, 404);
}
