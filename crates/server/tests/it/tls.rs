//! TLS by the server itself.

use crate::app::{Postgres, TestApp};
use crate::binary::{Folder, ServerProcess, stockhold};
use crate::raw::{address, exchange_over, status};
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// The deadline of every wait. The files are checked each 10 seconds.
const PATIENCE: Duration = Duration::from_secs(30);

/// The name in the certificates.
const NAME: &str = "shop.example";

/// A folder with the files of a certificate.
struct Files {
    folder: Folder,
    certificate: CertificateDer<'static>,
}

impl Files {
    fn new(test: &str) -> Self {
        let folder = Folder::new(test);
        std::fs::create_dir(&folder.0).expect("a folder");
        let mut files = Self { folder, certificate: CertificateDer::from(Vec::new()) };
        files.renew();
        files
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.0.join(name)
    }

    /// Writes a new pair, and returns its certificate.
    fn renew(&mut self) {
        let pair = rcgen::generate_simple_self_signed([NAME.to_owned()]).expect("a certificate");
        std::fs::write(self.path("key.pem"), pair.signing_key.serialize_pem()).expect("a file");
        std::fs::write(self.path("cert.pem"), pair.cert.pem()).expect("a file");
        self.certificate = pair.cert.der().clone();
    }
}

/// Connects, and trusts only this certificate.
async fn connect(url: &str, certificate: &CertificateDer<'static>) -> io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).expect("a certificate");
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().expect("versions");
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let stream = TcpStream::connect(address(url)).await?;
    let name = ServerName::try_from(NAME).expect("a name");
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

async fn app(files: &Files, head_timeout_seconds: u64) -> TestApp {
    TestApp::start_with(|config| {
        config.network.hosts = "shop.example,localhost".parse().ok();
        config.network.set_tls_files(files.path("cert.pem"), files.path("key.pem"));
        config.http.head_timeout_seconds = head_timeout_seconds;
    })
    .await
}

#[tokio::test]
async fn requests_are_answered_over_tls_only() {
    let files = Files::new("tls");
    let app = app(&files, 10).await;
    let start = "GET /api/warehouses HTTP/1.1";
    let stream = connect(&app.url, &files.certificate).await.expect("a handshake");
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(b"http/1.1".as_slice()));
    let response = exchange_over(stream, start, &["host: shop.example"]).await;
    assert_eq!(status(&response), 200, "{response}");
    assert!(response.contains("strict-transport-security: max-age=31536000\r\n"), "{response}");
    // HSTS for localhost would break every other local server.
    let stream = connect(&app.url, &files.certificate).await.expect("a handshake");
    let response = exchange_over(stream, start, &["host: localhost"]).await;
    assert!(status(&response) == 200 && !response.contains("strict-transport"), "{response}");

    let plain = TcpStream::connect(address(&app.url)).await.expect("a connection");
    assert_eq!(status(&exchange_over(plain, start, &["host: shop.example"]).await), 0);
    let other = Files::new("tls-other");
    assert!(connect(&app.url, &other.certificate).await.is_err(), "an unknown certificate");
}

#[tokio::test]
async fn a_handshake_that_does_not_end_in_time_closes_the_connection() {
    let files = Files::new("tls-slow");
    let app = app(&files, 1).await;
    let started = Instant::now();
    let mut silent = TcpStream::connect(address(&app.url)).await.expect("a connection");
    let mut half = TcpStream::connect(address(&app.url)).await.expect("a connection");
    half.write_all(&[22, 3, 1, 2, 0]).await.expect("sent");
    let mut idle = connect(&app.url, &files.certificate).await.expect("a handshake");
    let mut bytes = Vec::new();
    for stream in [&mut silent, &mut half] {
        let ended = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes)).await;
        assert!(ended.is_ok(), "the connection is still open");
    }
    assert!(
        tokio::time::timeout(PATIENCE, idle.read_to_end(&mut bytes)).await.is_ok(),
        "it sends no request"
    );
    assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
    let stream = connect(&app.url, &files.certificate).await.expect("a handshake");
    assert_eq!(status(&exchange_over(stream, "GET /health HTTP/1.1", &["host: localhost"]).await), 200);
}

#[tokio::test]
async fn a_handshake_does_not_delay_a_shutdown() {
    let files = Files::new("tls-shutdown");
    let mut app = app(&files, 60).await;
    let _silent = TcpStream::connect(address(&app.url)).await.expect("a connection");
    connect(&app.url, &files.certificate).await.expect("a handshake");
    let started = Instant::now();
    app.stop();
    app.stopped().await.expect("a clean end");
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
}

/// Waits until a new connection gets this certificate.
async fn wait_for(url: &str, certificate: &CertificateDer<'static>) {
    let started = Instant::now();
    while connect(url, certificate).await.is_err() {
        assert!(started.elapsed() < PATIENCE, "the certificate is not in use");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn a_changed_certificate_is_used_and_a_broken_one_is_not() {
    let mut files = Files::new("tls-renewed");
    let log = files.path("log");
    let mut command = stockhold();
    command.arg("serve").env("DATABASE_URL", Postgres::find().create_database().await);
    command.env("STOCKHOLD_TLS_CERTIFICATE", files.path("cert.pem"));
    command.env("STOCKHOLD_TLS_KEY", files.path("key.pem")).stderr(File::create(&log).expect("a file"));
    let serving = tokio::task::spawn_blocking(|| ServerProcess::start(command)).await.expect("started");
    assert!(serving.url.starts_with("https://"), "{}", serving.url);
    wait_for(&serving.url, &files.certificate).await;
    let hangup = || {
        let kill = Command::new("kill").args(["-HUP", &serving.child.id().to_string()]).status();
        assert!(kill.expect("run").success());
    };
    files.renew();
    hangup();
    wait_for(&serving.url, &files.certificate).await;
    // Without a signal.
    files.renew();
    wait_for(&serving.url, &files.certificate).await;

    std::fs::write(files.path("cert.pem"), "broken").expect("a file");
    hangup();
    let started = Instant::now();
    let warned = || std::fs::read_to_string(&log).expect("a log").contains("the old one stays in use");
    while !warned() {
        assert!(started.elapsed() < PATIENCE, "no warning");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    connect(&serving.url, &files.certificate).await.expect("the old certificate");
    files.renew();
    hangup();
    wait_for(&serving.url, &files.certificate).await;
    tokio::task::spawn_blocking(move || serving.stop("-TERM")).await.expect("stopped");
}

#[test]
fn an_unusable_certificate_is_an_error_that_names_the_file_and_the_remedy() {
    let (files, other) = (Files::new("tls-errors"), Files::new("tls-errors-other"));
    std::fs::write(files.path("empty.pem"), "").expect("a file");
    let (cert, key) = (files.path("cert.pem"), files.path("key.pem"));
    let (empty, missing) = (files.path("empty.pem"), files.path("missing.pem"));
    for (certificate, key, named, remedy) in [
        (&missing, Some(&key), &missing, "set STOCKHOLD_TLS_CERTIFICATE to a PEM file"),
        (&cert, Some(&missing), &missing, "set STOCKHOLD_TLS_KEY to a PEM file"),
        (&empty, Some(&key), &empty, "must name a PEM file with the certificate chain"),
        (&key, Some(&key), &key, "must name a PEM file with the certificate chain"),
        (&cert, Some(&cert), &cert, "must name a PEM file with the key"),
        (&cert, Some(&other.path("key.pem")), &cert, "to a pair"),
        (&cert, None, &PathBuf::new(), "STOCKHOLD_TLS_KEY is not; set it"),
    ] {
        let mut command = stockhold();
        command.arg("serve").env("STOCKHOLD_TLS_CERTIFICATE", certificate);
        command.env("STOCKHOLD_TLS_KEY", key.cloned().unwrap_or_default());
        let output = command.output().expect("run");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{errors}");
        assert!(errors.contains(&*named.to_string_lossy()) && errors.contains(remedy), "{remedy}: {errors}");
        assert!(!errors.contains("PRIVATE KEY"), "{errors}");
    }
}
