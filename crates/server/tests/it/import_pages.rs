//! Imports: rejected uploads, names of files, damaged characters, the choice of the header, and the page of an import.

use crate::app::TestApp;
use crate::imports::{applied, brief, form, judged, rows, settled};
use futures::StreamExt as _;
use reqwest::Method;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

#[tokio::test]
async fn a_rejected_form_is_read_to_its_end() {
    let app = TestApp::start().await;
    let file = "A-1,Pan,5.00\n".repeat(600_000);
    for fields in [&[("kind", "orders")][..], &[("encoding", "klingon")]] {
        let body = form(fields, "large.csv", &file);
        let sent = body.len();
        let read = Arc::new(AtomicUsize::new(0));
        let counter = read.clone();
        let pieces: Vec<_> = body.as_bytes().chunks(1 << 14).map(<[u8]>::to_vec).collect();
        let pieces = futures::stream::iter(pieces).inspect(move |piece| {
            counter.fetch_add(piece.len(), Ordering::Relaxed);
        });
        let body = reqwest::Body::wrap_stream(pieces.map(Ok::<_, std::io::Error>));
        let request = app.request(Method::POST, "/imports");
        let answer =
            app.send(request.header("content-type", "multipart/form-data; boundary=x17").body(body)).await;
        assert_eq!(answer.status, 400, "{}", answer.text);
        assert!(
            answer.text.contains("Choose one of the offered values.")
                && answer.text.contains("Import a file"),
            "{}",
            answer.text
        );
        assert_eq!(read.load(Ordering::Relaxed), sent);
    }
}

#[tokio::test]
async fn the_original_file_is_downloaded_under_a_safe_name() {
    let app = TestApp::start().await;
    let file = "sku,name,price\nT-1,Torch,1.50\n";
    let import = judged(&app, "?fileName=C%3A%5Ctemp%5Ca%E2%80%AEvsc%0D%0A.csv", file).await;
    assert_eq!(import["fileName"], "avsc.csv");
    let path = format!("/api/imports/{}/file", import["id"]);
    let answer = app.get(&path).await;
    assert_eq!(answer.header("content-disposition"), "attachment; filename*=UTF-8''avsc%2Ecsv");
    assert_eq!((answer.header("content-length"), answer.text.as_str()), (&*file.len().to_string(), file));
    // The file of an upload that has not ended can't be downloaded.
    let waiting =
        sqlx::query_scalar::<_, i64>("INSERT INTO imports (file_name, actor) VALUES ('a', 'b') RETURNING id");
    let waiting = waiting.fetch_one(&app.database).await.expect("an import");
    app.get(&format!("/api/imports/{waiting}/file")).await.problem(409, "import_state");
    let page = app.get(&format!("/imports/{waiting}?show=errors")).await;
    assert_eq!(page.header("refresh"), format!("2; url=/imports/{waiting}?show=errors"));
    assert!(!page.text.contains("/choices"), "a reload would reset a form: {}", page.text);
    let request = app.request(Method::POST, &format!("/imports/{waiting}/apply"));
    let request = request.header("content-type", "application/x-www-form-urlencoded").body("revision=1");
    let rejected = app.send(request).await;
    assert_eq!(rejected.status, 409, "{}", rejected.text);
    assert_eq!(rejected.header("refresh"), format!("15; url=/imports/{waiting}?show=all"));
}

#[tokio::test]
async fn a_nul_in_a_file_is_an_error_of_its_cell() {
    let app = TestApp::start().await;
    let text = "sku,name,price,a\0b\nA,Pan,1.00,\0\nB,P\0t,2.00,\nC,Pot,dear\0,\0\n";
    let utf16: Vec<u8> =
        std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect();
    let windows: Vec<u8> = text.bytes().map(|byte| if byte == b'P' { 0xDC } else { byte }).collect();
    for (query, file) in [("", text.as_bytes().to_vec()), ("", utf16), ("?encoding=windows-1252", windows)] {
        let import = judged(&app, query, file).await;
        assert_eq!(import["state"], "judged", "{import}");
        let found = rows(&app, &import, "").await;
        let unreadable = "unreadable_character";
        assert_eq!(brief(&found), [(2, "create", ""), (3, "error", unreadable), (4, "error", unreadable)]);
        assert_eq!(found[2]["cells"][2], "dear\u{FFFD}");
    }
}

#[tokio::test]
async fn a_person_chooses_the_header_and_sees_what_is_asked() {
    let app = TestApp::start().await;
    let item = app.item(3).await;
    let file = format!("Week 3, counted\nby Anna, Berlin\nNr,Menge\n{item},5\n");
    let import = judged(&app, "", file.clone()).await;
    assert_eq!(import["state"], "undecided", "{import}");
    let path = format!("/imports/{}", import["id"]);
    let page = app.get(&path).await.text;
    assert!(page.contains("Line 3: Nr,Menge") && page.contains("headerLine"), "{page}");
    let post = async |body: &'static str| {
        let request = app.request(Method::POST, &format!("{path}/choices"));
        app.send(request.header("content-type", "application/x-www-form-urlencoded").body(body)).await
    };
    for wrong in ["headerLine=three", "headerLine=0"] {
        let answer = post(wrong).await;
        assert!(answer.status == 400 && answer.text.contains("headerLine"), "{}", answer.text);
    }
    post("headerLine=2").await;
    assert_eq!(settled(&app, &import["id"]).await["layout"]["headerLine"], 2);
    post("headerLine=3&kind=stock&column-0=id").await;
    let asked = settled(&app, &import["id"]).await;
    assert_eq!(asked["problems"][0]["code"], "quantity_not_chosen", "{asked}");
    assert_eq!(asked["layout"]["columns"][1]["isAsked"], true);
    assert!(!asked["layout"]["notes"].to_string().contains("Ignored"), "{asked}");
    assert!(app.get(&path).await.text.contains("Choose: counted units or a change"));
    post("headerLine=3&kind=stock&column-0=id&column-1=count").await;
    let counted = settled(&app, &import["id"]).await;
    assert_eq!(counted["summary"][1], "Adds 2 units.", "{counted}");
    applied(&app, &counted).await;
    let again = judged(&app, "?kind=stock", file).await;
    assert_eq!((&again["appliedBefore"], &again["choices"]["headerLine"]), (&import["id"], &Value::Null));
    let page = app.get(&format!("/imports/{}", again["id"])).await.text;
    assert!(page.contains(&format!("href=\"{path}\"")) && page.contains("applied before"), "{page}");
}

#[tokio::test]
async fn warnings_and_open_rows_are_those_of_rows_to_apply() {
    let app = TestApp::start().await;
    let import = judged(&app, "?kind=items", "name,price\nPan,1.00\nPot,dear\nLid,2.00\n").await;
    assert_eq!(import["counts"]["warnings"], 2, "{import}");
    assert_eq!(rows(&app, &import, "?show=warnings").await.len(), 2);
    assert_eq!(rows(&app, &import, "?show=notApplied").await.len(), 0);
    assert_eq!(import["counts"]["notApplied"], 0);
    let cancelled = app.delete(&format!("/api/imports/{}", import["id"])).await.expect(200);
    assert_eq!(cancelled["counts"]["notApplied"], 2, "{cancelled}");
    let open = rows(&app, &import, "?show=notApplied").await;
    assert_eq!(open.iter().map(|row| row["line"].as_i64()).collect::<Vec<_>>(), [Some(2), Some(4)]);
    let page = app.get(&format!("/imports/{}?show=notApplied", import["id"])).await.text;
    assert!(page.contains("badge badge--bad\">Not applied<") && !page.contains("dear"), "{page}");
    let errors = app.get(&format!("/api/imports/{}/errors.csv", import["id"])).await.text;
    assert!(errors.contains("2,The import ended before the row was applied,Pan,1.00"), "{errors}");
}
