//! TLS: the certificate from files, and its renewal without a restart.

use crate::config::TlsFiles;
use anyhow::{Context as _, Result, anyhow, ensure};
use std::fs;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{Error, ServerConfig};
use tokio_util::sync::CancellationToken;

/// The interval of checking the files for changes.
const CHECK_INTERVAL: Duration = Duration::from_secs(10);

/// The protocol that the server speaks over TLS.
const ALPN: &[u8] = b"http/1.1";

/// The certificate of the server, and the files that it comes from.
pub(crate) struct Tls {
    acceptor: TlsAcceptor,
    certificate: Arc<Certificate>,
    files: TlsFiles,
    /// The state of the files when they were read last.
    read: Option<FileStates>,
    hangup: Signal,
}

impl Tls {
    /// Reads the certificate and its key.
    ///
    /// # Errors
    /// A file can't be read or used. The error names the file and the remedy.
    pub(crate) fn load(files: TlsFiles) -> Result<Self> {
        let provider = Arc::new(ring::default_provider());
        let read = FileStates::of(&files);
        let certificate = Arc::new(Certificate::new(certified_key(&files, &provider)?));
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .context("TLS can't be set up")?;
        let mut config = config.with_no_client_auth().with_cert_resolver(certificate.clone());
        config.alpn_protocols = vec![ALPN.to_vec()];
        let hangup = signal(SignalKind::hangup()).context("the handler of SIGHUP can't be installed")?;
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), certificate, files, read, hangup })
    }

    /// Returns the acceptor of connections. It uses the latest certificate.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        self.acceptor.clone()
    }

    /// Reads the files again after a change or a SIGHUP, until the server stops. If they can't be used, the certificate
    /// stays.
    pub(crate) async fn watch(mut self, stopping: CancellationToken) {
        loop {
            let is_forced = tokio::select! {
                () = stopping.cancelled() => return,
                () = tokio::time::sleep(CHECK_INTERVAL) => false,
                Some(()) = self.hangup.recv() => true,
            };
            let (files, read) = (self.files.clone(), self.read.clone());
            let checked = tokio::task::spawn_blocking(move || {
                let now = FileStates::of(&files);
                let is_due = is_forced || now != read;
                (now, is_due.then(|| certified_key(&files, &ring::default_provider())))
            });
            // A panic of the check is logged by the panic hook.
            let Ok((now, loaded)) = checked.await else { continue };
            self.read = now;
            match loaded {
                Some(Ok(key)) => {
                    self.certificate.replace(key);
                    tracing::info!("the TLS certificate was read again");
                }
                Some(Err(error)) => {
                    let error = format!("{error:#}");
                    tracing::warn!(error, "the new TLS certificate can't be used; the old one stays in use");
                }
                None => {}
            }
        }
    }
}

/// The certificate in use.
#[derive(Debug)]
struct Certificate(RwLock<Arc<CertifiedKey>>);

impl Certificate {
    fn new(key: CertifiedKey) -> Self {
        Self(RwLock::new(Arc::new(key)))
    }

    fn replace(&self, key: CertifiedKey) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(key);
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

/// Time and size of both files.
#[derive(Debug, Clone, PartialEq, Eq)]
struct FileStates([(SystemTime, u64); 2]);

impl FileStates {
    /// Returns `None` if a file can't be examined.
    fn of(files: &TlsFiles) -> Option<Self> {
        let state = |path: &Path| {
            let metadata = fs::metadata(path).ok()?;
            Some((metadata.modified().ok()?, metadata.len()))
        };
        Some(Self([state(&files.certificate)?, state(&files.key)?]))
    }
}

/// Checks that the files have a certificate chain and its private key.
///
/// # Errors
/// A file can't be read, or the key does not fit the certificate.
pub(crate) fn check(files: &TlsFiles) -> Result<()> {
    certified_key(files, &Arc::new(ring::default_provider())).map(drop)
}

fn certified_key(files: &TlsFiles, provider: &CryptoProvider) -> Result<CertifiedKey> {
    let TlsFiles { certificate, key } = files;
    let text = read(certificate, "STOCKHOLD_TLS_CERTIFICATE")?;
    let chain = CertificateDer::pem_slice_iter(&text).collect::<Result<Vec<_>, _>>();
    let chain = chain.map_err(|error| {
        anyhow!("the TLS certificate {} is not valid PEM: {error}; write it again", certificate.display())
    })?;
    ensure!(
        !chain.is_empty(),
        "the file {} has no certificate; STOCKHOLD_TLS_CERTIFICATE must name a PEM file with the certificate chain, the \
         server's certificate first",
        certificate.display()
    );
    let text = read(key, "STOCKHOLD_TLS_KEY")?;
    let private = PrivateKeyDer::from_pem_slice(&text).map_err(|error| {
        anyhow!(
            "the file {} has no usable private key: {error}; STOCKHOLD_TLS_KEY must name a PEM file with the key, \
             without a passphrase (openssl pkey -in KEY -out KEY-WITHOUT-PASSPHRASE removes it)",
            key.display()
        )
    })?;
    CertifiedKey::from_der(chain, private, provider).map_err(|error| match error {
        Error::InconsistentKeys(_) => anyhow!(
            "the key in {} does not belong to the first certificate in {}; set STOCKHOLD_TLS_KEY and \
             STOCKHOLD_TLS_CERTIFICATE to a pair",
            key.display(),
            certificate.display()
        ),
        error => anyhow!(
            "the certificate in {} or the key in {} can't be used: {error}; write the pair again",
            certificate.display(),
            key.display()
        ),
    })
}

fn read(path: &Path, setting: &str) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| {
        format!(
            "the file {} can't be read; set {setting} to a PEM file that the server may read",
            path.display()
        )
    })
}
