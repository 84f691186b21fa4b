//! Statements that only tests run, over doors of their own.

use std::error::Error;
use std::time::Duration;

use bytes::BytesMut;
use kairo::db::{App, Door, Host, Nothing};
use kairo::{queries, rows};
use tokio::time::sleep;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use uuid::Uuid;

use crate::harness::Kairo;

rows! {
    Who { user_id: Uuid }
    Number { n: i32 }
    Text { text: String }
    Zone { time_zone: String }
}

queries! {
    App Me {} -> Who = "SELECT user_id FROM authn.me";
    App Backend {} -> Number = "SELECT pg_backend_pid() AS n";
    App Setting {} -> Text = "SELECT current_setting('kairo.session', true) AS text";
    App Echo { n: i32 } -> Number = "SELECT $1::int4 AS n";
    App DivideBy { n: i32 } -> Number = "SELECT 1 / $1::int4 AS n";
    App Sleep { s: f64 } -> Text = "SELECT pg_sleep($1)::text AS text";
    App ZoneOf {} -> Zone = "SELECT time_zone FROM app.settings";
    App ZoneSet { zone: String } -> Nothing = "UPDATE app.settings SET time_zone = $1";
    App SetIdentity {} -> Text = "SELECT statement AS text FROM pg_prepared_statements
        WHERE statement LIKE 'SELECT set_config(%'";
    App Unencoded { it: Unencodable } -> Text = "SELECT $1::text AS text";
}

/// A value that says that it fits, and does not.
#[derive(Debug)]
pub struct Unencodable;

impl ToSql for Unencodable {
    fn to_sql(&self, _: &Type, _: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        Err("nobody can encode this".into())
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// A door of requests with these statements and none of its connections made yet.
pub fn door(app: &Kairo) -> Door<App> {
    Door::open(app.pg_config("kairo_app"), &[REGISTRY]).unwrap()
}

/// Asserts that a connection that served somebody serves nobody as nobody. Gives the backend.
pub async fn nobody_is_nobody(door: &Door<App>) -> i32 {
    let batch = (Me {}, Setting {}, Backend {});
    let (me, mut setting, mut backend) = door.read(None, batch).await.unwrap();
    let left = (me.len(), setting.remove(0).text);
    assert_eq!(left, (0, String::new()), "an identity was left behind");
    backend.remove(0).n
}

/// Waits until a backend runs [`Sleep`]; gives it.
pub async fn until_asleep(host: &Host) -> i32 {
    let asleep = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
    for _look in 0..1_000 {
        if let Some(row) = host.query(asleep, &[]).await.unwrap().first() {
            return row.get("pid");
        }
        sleep(Duration::from_millis(5)).await;
    }
    unreachable!("nobody fell asleep")
}

/// The one zone that somebody sees.
pub async fn zone(door: &Door<App>, actor: &crate::harness::actors::Actor) -> String {
    door.read(Some(actor.identity()), ZoneOf {}).await.unwrap().remove(0).time_zone
}
