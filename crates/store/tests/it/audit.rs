//! The audit log.

use domain::{ArchiveKind, AuditKind, AuditQuery, Credential, NewAuditEvent, Origin};
use sqlx::{AssertSqlSafe, PgPool};
use store::{AuditExpiry, NextArchivePart, Store};

async fn write(store: &Store, origin: &Origin, kind: AuditKind, subject: &str) {
    let mut transaction = store.begin().await.expect("a transaction");
    let after = Some(r#"{"scopes": ["stock:read"]}"#.to_owned());
    let event = NewAuditEvent { origin, kind, subject, before: None, after };
    transaction.audit_insert(&event).await.expect("written");
    transaction.commit().await.expect("committed");
}

fn query() -> AuditQuery {
    AuditQuery::new(None, None).expect("a query")
}

#[tokio::test]
async fn events_are_read_as_they_were_written() {
    let (store, _) = store::testing::store().await;
    let origin = Origin {
        actor: "person:anna".into(),
        credential: Some(Credential::Session(3)),
        address: Some("2001:db8::7".parse().expect("an address")),
        request_id: Some("r-1".to_owned()),
    };
    write(&store, &origin, AuditKind::TokenCreated, "client:shop").await;
    let events = store.audit_list(&query()).await.expect("a page").rows;
    let [event] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(
        (&*event.actor, &*event.kind, &*event.subject),
        ("person:anna", "token.created", "client:shop")
    );
    assert_eq!(event.credential.as_deref(), Some("session:3"));
    assert_eq!(event.address.as_deref(), Some("2001:db8::7"));
    assert_eq!(event.request_id.as_deref(), Some("r-1"));
    assert_eq!((&event.before, event.after.as_deref()), (&None, Some(r#"{"scopes": ["stock:read"]}"#)));
}

#[tokio::test]
async fn an_event_is_archived_with_its_nulls() {
    let (store, url) = store::testing::store().await;
    let pool = PgPool::connect(&url).await.expect("a connection");
    let value = r#"{"warehouseIds": null}"#;
    let insert = "INSERT INTO audit_events (created_at, actor, kind, subject, before, after)
                  VALUES (now() - interval '60 days', 'person:anna', 'client.changed', 'client:shop', $1::jsonb, NULL)";
    sqlx::query(insert).bind(value).execute(&pool).await.expect("written");
    let before = std::time::SystemTime::now() - std::time::Duration::from_secs(40 * 24 * 3_600);
    let next = store.archive_next(ArchiveKind::Audit, before.into(), 10).await.expect("an answer");
    let NextArchivePart::Part(part) = next else { panic!("no part") };
    let line: serde_json::Value = serde_json::from_str(&part.rows[0].line).expect("JSON");
    assert_eq!(line["before"].to_string(), r#"{"warehouseIds":null}"#);
    assert!(line["after"].is_null());
}

#[tokio::test]
async fn an_event_is_rolled_back_with_its_transaction() {
    let (store, _) = store::testing::store().await;
    let mut transaction = store.begin().await.expect("a transaction");
    let origin = Origin::COMMAND_LINE;
    let (kind, subject) = (AuditKind::TokenRevoked, "client:shop");
    let event = NewAuditEvent { origin: &origin, kind, subject, before: None, after: None };
    transaction.audit_insert(&event).await.expect("written");
    transaction.roll_back().await.expect("rolled back");
    assert_eq!(store.audit_list(&query()).await.expect("a page").rows, []);
}

#[tokio::test]
async fn pages_are_filtered_and_continue_after_their_cursor() {
    let (store, _) = store::testing::store().await;
    for number in 0..7 {
        let actor = if number % 2 == 0 { "person:anna" } else { "person:bert" };
        let origin = Origin { actor: actor.into(), ..Origin::COMMAND_LINE };
        let kind = if number < 3 { AuditKind::ClientCreated } else { AuditKind::TokenCreated };
        write(&store, &origin, kind, &format!("client:shop-{number}")).await;
    }
    let all = store.audit_list(&query()).await.expect("a page").rows;
    let subjects: Vec<_> = all.iter().map(|event| &event.subject[12..]).collect();
    assert_eq!(subjects, ["6", "5", "4", "3", "2", "1", "0"]);

    let mut seen = Vec::new();
    let mut cursor = None;
    loop {
        let page = AuditQuery::new(Some(3), cursor).expect("a query");
        let page =
            page.with_filters(Some("person:anna".to_owned()), None, None, None, None).expect("a filter");
        let page = store.audit_list(&page).await.expect("a page");
        seen.extend(page.rows.iter().map(|event| event.subject[12..].to_owned()));
        let Some(next) = page.next else { break };
        cursor = Some(next);
    }
    assert_eq!(seen, ["6", "4", "2", "0"]);

    let count = async |query: AuditQuery| store.audit_list(&query).await.expect("a page").rows.len();
    assert_eq!(count(AuditQuery { kind: Some(AuditKind::ClientCreated), ..query() }).await, 3);
    assert_eq!(count(AuditQuery { subject: Some("client:shop-4".to_owned()), ..query() }).await, 1);
    let third = all[3].created_at;
    assert_eq!(count(AuditQuery { since: Some(third), ..query() }).await, 4);
    assert_eq!(count(AuditQuery { until: Some(third), ..query() }).await, 3);
}

#[tokio::test]
async fn no_statement_changes_or_deletes_an_event() {
    let (store, url) = store::testing::store().await;
    write(&store, &Origin::COMMAND_LINE, AuditKind::ClientCreated, "client:shop").await;
    let pool = PgPool::connect(&url).await.expect("a connection");
    for statement in
        ["UPDATE audit_events SET actor = 'x'", "DELETE FROM audit_events", "TRUNCATE audit_events"]
    {
        let error = sqlx::raw_sql(AssertSqlSafe(statement)).execute(&pool).await.expect_err(statement);
        let constraint = error.as_database_error().and_then(|error| error.constraint()).unwrap_or_default();
        assert_eq!(constraint, "audit_events_append_only", "{statement}");
    }
    assert_eq!(store.audit_list(&query()).await.expect("a page").rows.len(), 1);
}

#[tokio::test]
async fn retention_deletes_old_events_only() {
    let (store, url) = store::testing::store().await;
    let pool = PgPool::connect(&url).await.expect("a connection");
    let insert = "INSERT INTO audit_events (created_at, actor, kind, subject)
                  SELECT now() - make_interval(days => days), 'local', 'client.created', 'client:' || days
                    FROM unnest(ARRAY [1, 29, 31, 99, 101]) AS days";
    sqlx::raw_sql(insert).execute(&pool).await.expect("events");
    let left = async || {
        let events = store.audit_list(&query()).await.expect("a page").rows;
        events.iter().map(|event| event.subject[7..].to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(store.audit_expire(100).await.expect("deleted"), AuditExpiry::Done);
    assert_eq!(left().await, ["1", "29", "31", "99"]);
    // The setting has a lower bound of 30 days.
    assert_eq!(store.audit_expire(0).await.expect("deleted"), AuditExpiry::Done);
    assert_eq!(left().await, ["1", "29"]);
    // The function leaves the table protected, in the same session too.
    let delete = "SELECT audit_events_expire(100, 10); DELETE FROM audit_events";
    assert!(sqlx::raw_sql(delete).execute(&pool).await.is_err());
}

#[tokio::test]
async fn archived_events_are_deleted_once_they_are_old() {
    let (store, url) = store::testing::store().await;
    let pool = PgPool::connect(&url).await.expect("a connection");
    for _ in 0..3 {
        write(&store, &Origin::COMMAND_LINE, AuditKind::ClientCreated, "client:shop").await;
    }
    let age = "SET session_replication_role = replica;
               UPDATE audit_events SET created_at = created_at - interval '31 days' WHERE id < 3;
               RESET session_replication_role";
    sqlx::raw_sql(age).execute(&pool).await.expect("older events");
    let archive = async |statement| sqlx::query(statement).execute(&pool).await;
    assert!(archive("SELECT audit_archive(0, 3, 3)").await.is_err(), "an event is young");
    assert!(archive("SELECT audit_archive(0, 2, 1)").await.is_err(), "another number");
    let now = domain::Time::from(std::time::SystemTime::now());
    let next = store.archive_next(domain::ArchiveKind::Audit, now, 2).await.expect("an answer");
    let store::NextArchivePart::Part(part) = next else { panic!("no events") };
    assert!(part.rows[0].line.contains("\"subject\":\"client:shop\""), "{:?}", part.rows);
    part.delete(&Origin::SYSTEM).await.expect("archived");
    let left = store.audit_list(&query()).await.expect("a page").rows;
    let (event, others) = left.split_first().expect("an event of the archive");
    assert_eq!((event.kind.as_str(), event.subject.as_str()), ("archive.written", "archive:audit"));
    assert_eq!(event.before.as_deref(), Some(r#"{"position": 0}"#));
    assert_eq!(event.after.as_deref(), Some(r#"{"rows": 2, "position": 2}"#));
    assert_eq!(others.len(), 1);
    assert!(archive("DELETE FROM audit_events").await.is_err());
}

/// A server without an archive, beside one that has it.
#[tokio::test]
async fn events_that_are_in_no_file_are_not_deleted_once_there_is_an_archive() {
    let (store, url) = store::testing::store().await;
    let pool = PgPool::connect(&url).await.expect("a connection");
    for _ in 0..3 {
        write(&store, &Origin::COMMAND_LINE, AuditKind::ClientCreated, "client:shop").await;
    }
    let age = "SET session_replication_role = replica;
               UPDATE audit_events SET created_at = created_at - interval '60 days';
               RESET session_replication_role";
    sqlx::raw_sql(age).execute(&pool).await.expect("older events");
    let now = domain::Time::from(std::time::SystemTime::now());
    let next = store.archive_next(ArchiveKind::Audit, now, 1).await.expect("an answer");
    let NextArchivePart::Part(part) = next else { panic!("no events") };
    let count = async || store.audit_list(&query()).await.expect("a page").rows.len();
    // The first file is being written.
    assert_eq!(store.audit_expire(31).await.expect("an answer"), AuditExpiry::Done);
    assert_eq!(count().await, 3);
    part.delete(&Origin::SYSTEM).await.expect("archived");
    // Two old events, and the event of the archive.
    assert_eq!(store.audit_expire(31).await.expect("an answer"), AuditExpiry::Archived);
    assert_eq!(count().await, 3);
    let next = store.archive_next(ArchiveKind::Audit, now, 10).await.expect("an answer");
    let NextArchivePart::Part(part) = next else { panic!("no events") };
    assert_eq!(part.rows.len(), 2);
}

/// Otherwise the archive of an event of an archive would add another one, for ever.
#[tokio::test]
async fn events_of_archives_alone_are_archived_without_an_event() {
    let (store, url) = store::testing::store().await;
    let pool = PgPool::connect(&url).await.expect("a connection");
    write(&store, &Origin::SYSTEM, AuditKind::ArchiveWritten, "archive:movements").await;
    let age = "SET session_replication_role = replica;
               UPDATE audit_events SET created_at = created_at - interval '40 days';
               RESET session_replication_role";
    sqlx::raw_sql(age).execute(&pool).await.expect("older events");
    let now = domain::Time::from(std::time::SystemTime::now());
    let next = store.archive_next(ArchiveKind::Audit, now, 2).await.expect("an answer");
    let NextArchivePart::Part(part) = next else { panic!("no events") };
    part.delete(&Origin::SYSTEM).await.expect("archived");
    assert_eq!(store.audit_list(&query()).await.expect("a page").rows, []);
}
