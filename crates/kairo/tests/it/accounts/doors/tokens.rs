//! Settings, API tokens.

use super::*;

// Goal: a person sees the tokens that the host made, can revoke each, and is told so.
#[tokio::test]
async fn a_token_can_be_revoked() {
    let app = Kairo::start().await;
    let ana = app.member(ANA).await;
    says(&ana.get("/settings/tokens").await, "There is none.");
    let (program, reader) = (app.program(ANA).await, app.reader(ANA).await);
    let page = ana.get("/settings/tokens").await;
    says(&page, "kairo token create --email ana@example.org");
    says(&page, "Scopes: reads and changes.");
    says(&page, "Scopes: reads only.");
    says(&page, "Made today, used now.");
    let id = app.person(&program).await.session_id;
    let answer = ana.post_form(&format!("/settings/tokens/{id}/revocation"), &[]).await;
    assert_eq!((status(&answer), answer.location()), (303, "/settings/tokens"));
    says(&ana.get("/settings/tokens").await, "The token is revoked.");
    assert_eq!(status(&program.get("/api/v1/items").await), 401);
    assert_eq!(status(&reader.get("/api/v1/items").await), 200);
    says(&ana.get("/settings/account").await, "End my API token too");
}

// Goal: tokens are the owner's alone to see.
#[tokio::test]
async fn tokens_of_others_are_not_listed() {
    let app = Kairo::start().await;
    let ben = app.member(BEN).await;
    app.program(ANA).await;
    let page = ben.get("/settings/tokens").await;
    says(&page, "There is none.");
    assert!(!page.text().contains("revocation"));
    assert!(!ben.get("/settings/account").await.text().contains("name=\"keys\""));
}
