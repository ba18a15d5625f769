//! Required session settings are checked when a store connects, and on each later connection.

use sqlx::{AssertSqlSafe, PgPool};
use std::time::Duration;
use store::testing::Proxy;
use store::{Error, Settings, Store};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Creates a database, runs a statement in which `{}` is replaced by its name, and returns its URL.
async fn database(statement: &str) -> String {
    let url = store::testing::database().await;
    let pool = PgPool::connect(&url).await.expect("a connection");
    let name: String =
        sqlx::query_scalar("SELECT current_database()").fetch_one(&pool).await.expect("a name");
    let statement = statement.replace("{}", &name);
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&pool).await.expect("done");
    url
}

#[tokio::test]
async fn a_wrong_setting_is_reported_with_its_remedy() {
    for (setting, value) in [
        ("synchronous_commit", "off"),
        ("default_transaction_isolation", "repeatable read"),
        ("default_transaction_isolation", "serializable"),
    ] {
        let url = database(&format!("ALTER DATABASE {{}} SET {setting} = '{value}'")).await;
        let error = Store::connect(Settings::new(&url)).await.expect_err("a check");
        let Error::Setting { setting: named, found, remedy } = &error else { panic!("{error:?}") };
        assert_eq!((*named, found.as_str()), (setting, value));
        assert!(remedy.contains("ALTER ROLE"), "{remedy}");
        let text = error.to_string();
        assert!(text.contains(setting) && text.contains(value), "{text}");
    }
    for value in ["local", "remote_write", "on"] {
        let url = database(&format!("ALTER DATABASE {{}} SET synchronous_commit = '{value}'")).await;
        Store::connect(Settings::new(&url)).await.expect(value);
    }
}

/// Forwards connections to PostgreSQL without one of Stockhold's settings, like a pooler that drops startup options.
async fn pooler(url: &str, setting: &'static [u8]) -> String {
    let (start, rest) = url.split_once('@').expect("a user");
    let (address, database) = rest.split_once('/').expect("a database");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let pooled = format!("{start}@{}/{database}", listener.local_addr().expect("an address"));
    let address = address.to_owned();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut server = TcpStream::connect(&address).await.expect("PostgreSQL");
            tokio::spawn(async move {
                let mut startup = vec![0; 4_096];
                loop {
                    let length = client.read(&mut startup).await.expect("a startup message");
                    let startup = &mut startup[..length];
                    let flag = startup.windows(setting.len()).position(|window| window == setting);
                    if let Some(flag) = flag {
                        startup[flag + setting.len() - 1] = b'z';
                    }
                    server.write_all(startup).await.expect("sent");
                    // A TLS request may come before the startup message.
                    if flag.is_some() {
                        break;
                    }
                    let answered = server.read(&mut startup[..1]).await.expect("an answer");
                    client.write_all(&startup[..answered]).await.expect("sent");
                }
                drop(tokio::io::copy_bidirectional(&mut client, &mut server).await);
            });
        }
    });
    pooled
}

#[tokio::test]
async fn a_pooler_that_drops_the_setting_of_stockhold_is_detected() {
    let database_url = store::testing::database().await;
    // The database may have a unix socket only, and the pooler uses TCP.
    let proxy = Proxy::start(&database_url).await;
    // The role may have the first setting.
    for setting in ["stockhold.maintains_totals", "stockhold.session_settings"] {
        let url = pooler(&proxy.url(&database_url), setting.as_bytes()).await;
        let connecting = Store::connect(Settings::new(&url));
        let connected = tokio::time::timeout(Duration::from_secs(20), connecting).await;
        let error = connected.expect("in time").expect_err("a check");
        assert!(matches!(&error, Error::Setting { setting: named, .. } if *named == setting), "{error:?}");
        assert!(error.to_string().contains("STOCKHOLD_SESSION_SETTINGS=role"), "{error}");
    }
}

/// A connected store checks each later connection, and does not use one with a wrong setting.
#[tokio::test]
async fn a_later_connection_is_checked_too() {
    let url = store::testing::database().await;
    let settings = Settings { acquire_timeout_seconds: 1, ..Settings::new(&url) };
    let store = Store::connect(settings).await.expect("a connection");
    let pool = PgPool::connect(&url).await.expect("a connection");
    let name: String =
        sqlx::query_scalar("SELECT current_database()").fetch_one(&pool).await.expect("a name");
    let off = format!("ALTER DATABASE {name} SET synchronous_commit = off");
    sqlx::raw_sql(AssertSqlSafe(off)).execute(&pool).await.expect("done");
    let mut held = Vec::new();
    let refused = loop {
        match tokio::time::timeout(Duration::from_secs(20), store.begin()).await.expect("in time") {
            Ok(transaction) => held.push(transaction),
            Err(error) => break error,
        }
    };
    assert!(matches!(refused, Error::Unavailable(_) | Error::Overloaded(_)), "{refused:?}");
    assert!(held.len() <= 1, "{} connections were handed out", held.len());
}
