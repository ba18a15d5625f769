//! The days, evenings and weeks of the console are those of the person's time zone.

use crate::app::{Answer, TestApp};
use crate::browser::Browser;
use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, TimeDelta, Utc};
use reqwest::Method;
use serde_json::{Value, json};

/// Zones at both ends, and the hours by which they are ahead of UTC all the year. It is never the same day in both.
const EAST: (&str, i64) = ("Pacific/Kiritimati", 14);
const WEST: (&str, i64) = ("Pacific/Pago_Pago", -11);

async fn get_with(app: &TestApp, cookie: &str, path: &str) -> Answer {
    app.send(app.request(Method::GET, path).header("cookie", cookie)).await
}

/// Gets a path as a person in a time zone.
async fn get_in(app: &TestApp, zone: &str, path: &str) -> Answer {
    get_with(app, &format!("zone={zone}"), path).await
}

/// Returns the HTML of a page, as a browser with these cookies gets it.
async fn page_with(app: &TestApp, cookie: &str, path: &str) -> String {
    let page = get_with(app, cookie, path).await;
    assert_eq!(page.status, 200, "{path}: {}", page.text);
    page.text
}

/// Returns the ids of the rows of a list.
fn ids(page: &Value) -> Vec<i64> {
    page["items"].as_array().expect("rows").iter().filter_map(|row| row["id"].as_i64()).collect()
}

/// Returns the ids in the first column of a CSV file.
fn first_column(text: &str) -> Vec<i64> {
    text.lines().skip(1).map(|line| line.split(',').next().expect("a cell").parse().expect("an id")).collect()
}

/// Sets the times of rows, in the order of the ids.
async fn set_times(app: &TestApp, update: &'static str, rows: &[i64], times: &[&str]) {
    for (id, time) in rows.iter().zip(times) {
        let time: DateTime<Utc> = time.parse().expect("a time");
        sqlx::query(update).bind(id).bind(time).execute(&app.database).await.expect("updated");
    }
}

#[tokio::test]
async fn lists_and_their_files_have_the_days_of_the_time_zone_when_the_clocks_change() {
    let app = TestApp::start().await;
    let lamp = app.item(50).await;
    let (mut orders, mut blocks) = (Vec::new(), Vec::new());
    for _ in 0..4 {
        orders.push(app.order(&[(lamp, 1)]).await);
        blocks.push(app.block(lamp, 1, 600).await);
    }
    // A second before the day, its first and its last second, and the first second of the next day.
    for (zone, day, times) in [
        (
            "Europe/Berlin",
            "2026-03-29",
            ["2026-03-28T22:59:59Z", "2026-03-28T23:00:00Z", "2026-03-29T21:59:59Z", "2026-03-29T22:00:00Z"],
        ),
        (
            "Europe/Berlin",
            "2025-10-26",
            ["2025-10-25T21:59:59Z", "2025-10-25T22:00:00Z", "2025-10-26T22:59:59Z", "2025-10-26T23:00:00Z"],
        ),
        (
            "America/New_York",
            "2026-03-08",
            ["2026-03-08T04:59:59Z", "2026-03-08T05:00:00Z", "2026-03-09T03:59:59Z", "2026-03-09T04:00:00Z"],
        ),
        (
            "UTC",
            "2026-03-29",
            ["2026-03-28T23:59:59Z", "2026-03-29T00:00:00Z", "2026-03-29T23:59:59Z", "2026-03-30T00:00:00Z"],
        ),
    ] {
        set_times(&app, "UPDATE orders SET created_at = $2 WHERE id = $1", &orders, &times).await;
        set_times(&app, "UPDATE block_inventory SET created_at = $2 WHERE id = $1", &blocks, &times).await;
        for (list, count, file, rows) in [
            ("list_orders", "count_orders", "orders", &orders),
            ("find_blocks", "count_blocks", "blocks", &blocks),
        ] {
            let days = format!("filter[from]={day}&filter[to]={day}");
            let found = get_in(&app, zone, &format!("/rpc/{list}?{days}")).await.expect(200);
            let expected = [rows[2], rows[1]];
            assert_eq!(ids(&found), expected, "{list} {zone} {day}");
            let total = get_in(&app, zone, &format!("/rpc/{count}?{days}")).await.expect(200);
            assert!(
                total.as_str().is_some_and(|text| text.starts_with("2 ")),
                "{list} {zone} {day}: {total}"
            );
            let path = format!("/downloads/{file}.csv?from={day}&to={day}&bom=false");
            assert_eq!(first_column(&get_in(&app, zone, &path).await.text), expected, "{file} {zone} {day}");
            let page = get_in(&app, zone, &format!("/{file}?from={day}&to={day}")).await.text;
            let link = format!("/downloads/{file}.csv?");
            assert!(page.contains(&link) && page.contains(&format!("from={day}&amp;to={day}")), "{page}");
        }
        // The filters of REST by time do not depend on the person.
        let path = format!("/api/orders?from={}&to={}", times[1], times[3]);
        assert_eq!(ids(&get_in(&app, "Asia/Tokyo", &path).await.expect(200)), [orders[2], orders[1]]);
    }
    Browser::new(&app).get("/downloads/orders.csv?from=yesterday").await.expect(400);
    app.stop();
}

#[tokio::test]
async fn a_file_of_a_list_keeps_the_other_filters() {
    let app = TestApp::start().await;
    let lamp = app.item(50).await;
    let order = json!({"reference": "A & B", "lines": [{"itemId": lamp, "quantity": 1}]});
    let order = app.post("/api/orders", order).await.expect(201)["id"].as_i64().expect("an id");
    app.order(&[(lamp, 1)]).await;
    let path = "/downloads/orders.csv?reference=A%20%26%20B&status=&from=2020-01-01&bom=false";
    assert_eq!(first_column(&get_in(&app, EAST.0, path).await.text), [order]);
    app.stop();
}

#[tokio::test]
async fn pages_of_the_server_filter_by_the_days_of_the_time_zone() {
    let app = TestApp::start().await;
    let item =
        app.post("/api/items", json!({"name": "Lamp", "quantity": 7, "price": "1.00"})).await.expect(201);
    let made: DateTime<Utc> = item["createdAt"].as_str().expect("a time").parse().expect("a time");
    let row = format!("/items/{}", item["id"]);
    let day = |hours: i64| (made + TimeDelta::hours(hours)).date_naive();
    for (zone, other) in [(EAST, WEST), (WEST, EAST)] {
        for (path, last) in [("/movements", "until"), ("/audit", "to"), ("/changes", "to")] {
            let filter = |day: NaiveDate| format!("{path}?from={day}&{last}={day}");
            let cookie = format!("zone={}", zone.0);
            let own = page_with(&app, &cookie, &filter(day(zone.1))).await;
            assert!(own.contains(&row), "{path} {zone:?}: {own}");
            let foreign = page_with(&app, &cookie, &filter(day(other.1))).await;
            assert!(!foreign.contains(&row), "{path} {zone:?}: {foreign}");
        }
    }
    // The file of the audit log has the same bounds.
    let page = get_in(&app, "Europe/Berlin", "/audit?from=2026-03-29&to=2026-03-29").await.text;
    let bounds = "since=2026-03-28T23%3A00%3A00Z&amp;until=2026-03-29T22%3A00%3A00Z";
    assert!(page.contains(bounds), "{page}");
    // A time in the address is a time.
    let page = get_in(&app, EAST.0, "/audit?from=2026-03-29T05:00:00Z").await.text;
    assert!(page.contains("since=2026-03-29T05%3A00%3A00Z"), "{page}");
    app.stop();
}

/// Adds movements of an item that has none yet: each with a time and its units, in ascending order of time.
async fn receive(app: &TestApp, movements: &[(DateTime<Utc>, i64)]) {
    let item = app.item(0).await;
    let insert = "INSERT INTO stock_movements (item_id, warehouse_id, change, reason, actor, created_at)
                  VALUES ($1, (SELECT min(id) FROM warehouses), $2, 'received', 'x', $3)";
    for (time, units) in movements {
        let query = sqlx::query(insert).bind(item).bind(units).bind(time);
        query.execute(&app.database).await.expect("a movement");
    }
}

/// Returns the units received within a span, and the address of their list. Checks that the list has the same sum.
async fn received(app: &TestApp, cookie: &str, span: &str) -> (i64, String) {
    let activity = get_with(app, cookie, &format!("/rpc/activity?{span}")).await.expect(200);
    let html = activity["numbers"].as_str().expect("HTML").to_owned();
    let (before, after) = html.split_once("kind=received").expect("a link");
    let start = before.rsplit("href=\"").next().expect("an address");
    let (end, after) = after.split_once('"').expect("an end");
    let (_, number) = after.split_once("figure-card__number\">").expect("a number");
    let number = number.split('<').next().expect("a number");
    let list = format!("{start}kind=received{end}").replace("&amp;", "&");
    let page = page_with(app, cookie, &list).await;
    let sum = format!("{number} unit{} in ", if number == "1" { "" } else { "s" });
    assert!(page.contains(&sum), "{sum} {list}: {page}");
    (number.replace(',', "").parse().expect("a number"), list)
}

#[tokio::test]
async fn a_chosen_day_of_the_activity_has_the_offset_of_that_day() {
    let app = TestApp::start().await;
    let times = [
        "2026-03-28T22:59:59Z",
        "2026-03-28T23:00:00Z",
        "2026-03-29T21:59:59Z",
        "2026-03-29T22:00:00Z",
        "2026-03-30T03:59:59Z",
        "2026-03-30T04:00:00Z",
    ];
    let movements: Vec<_> =
        times.iter().zip(0..).map(|(time, at)| (time.parse().expect("a time"), 1 << at)).collect();
    receive(&app, &movements).await;
    let day = "span=custom&from=2026-03-29&until=2026-03-29";
    let (units, list) = received(&app, "zone=Europe/Berlin", day).await;
    assert_eq!(units, 2 + 4, "{list}");
    assert!(list.ends_with("from=2026-03-28T23%3A00%3A00Z&until=2026-03-29T22%3A00%3A00Z"), "{list}");
    let (units, list) = received(&app, "zone=America/New_York", day).await;
    assert_eq!(units, 4 + 8 + 16, "{list}");
    // Three days have a column each, also if one of them has 23 hours.
    let span = "span=custom&from=2026-03-28&until=2026-03-30";
    let activity = get_in(&app, "Europe/Berlin", &format!("/rpc/activity?{span}")).await.expect(200);
    let time = |text: &str| text.parse::<DateTime<Utc>>().expect("a time").timestamp();
    let starts = ["2026-03-27T23:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"].map(time);
    assert_eq!(activity["sold"]["times"], json!(starts), "{activity}");
    app.stop();
}

#[tokio::test]
async fn weeks_of_the_activity_begin_on_the_day_of_choice_in_the_time_zone() {
    let app = TestApp::start().await;
    // Each zone and first day of the week, and the first moment of the present week.
    let choices = [(EAST, "1"), (WEST, "1"), (EAST, "6"), (WEST, "7")].map(|((zone, hours), first)| {
        let today = (Utc::now() + TimeDelta::hours(hours)).date_naive();
        let weekday = i64::from(today.weekday().number_from_monday());
        let since = (weekday - first.parse::<i64>().expect("a day")).rem_euclid(7);
        let start =
            (today - TimeDelta::days(since)).and_time(NaiveTime::MIN).and_utc() - TimeDelta::hours(hours);
        (format!("zone={zone}; week={first}"), start)
    });
    let mut movements = Vec::new();
    for (_, start) in &choices {
        let (second, week) = (TimeDelta::seconds(1), TimeDelta::days(7));
        movements.extend([*start - week - second, *start - week, *start - second, *start]);
    }
    movements.sort_unstable();
    movements.dedup();
    let movements: Vec<_> = movements.into_iter().zip(0..).map(|(time, at)| (time, 1 << at)).collect();
    receive(&app, &movements).await;
    for (cookie, start) in &choices {
        let sum = |from: DateTime<Utc>, until: DateTime<Utc>| {
            let within = movements.iter().filter(|(time, _)| *time >= from && *time < until);
            within.map(|(_, units)| *units).sum::<i64>()
        };
        let before = *start - TimeDelta::days(7);
        let (units, list) = received(&app, cookie, "span=last_week").await;
        assert_eq!(units, sum(before, *start), "{cookie} {list}");
        let (units, list) = received(&app, cookie, "span=this_week").await;
        assert_eq!(units, sum(*start, Utc::now() + TimeDelta::seconds(1)), "{cookie} {list}");
    }
    // REST has no week of a person.
    app.get("/api/activity?span=this_week").await.problem(400, "invalid_value");
    app.stop();
}
