//! The listener's certificate and the TLS that it is used with.
//!
//! Sources: OWASP ASVS 5.0 12.1.1 and 12.1.2; RFC 9325.
//!
//! **Invariant:** TLS 1.2 or later, forward secrecy and authenticated encryption, in every
//! configuration that this module makes.
//! **Invariant:** the private key of the development authority is dropped as soon as it has signed,
//! so whoever trusts `ca.pem` trusts one certificate for this machine and nothing else, ever.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    NameConstraints, SanType,
};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::{ParsedCertificate, ResolvesServerCert};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{CipherSuite, RootCertStore, ServerConfig};
use time::OffsetDateTime;
use zeroize::Zeroizing;

use crate::keys::certificate::Certificate;
use crate::limits::CERTIFICATE_BYTES_MAX;

/// Ephemeral key exchange with authenticated encryption: all of TLS 1.3, and of TLS 1.2 what RFC
/// 9325 4.2 recommends. Named one by one, so that an update of the library cannot widen the list.
const SUITES: [CipherSuite; 9] = [
    CipherSuite::TLS13_AES_256_GCM_SHA384,
    CipherSuite::TLS13_AES_128_GCM_SHA256,
    CipherSuite::TLS13_CHACHA20_POLY1305_SHA256,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
];

/// A development certificate is valid for a day before it is made (clocks differ) and for 396 days
/// after, within the 398 days that browsers accept.
const VALID_BEFORE: SignedDuration = SignedDuration::from_hours(24);
const VALID_AFTER: SignedDuration = SignedDuration::from_hours(396 * 24);
/// A certificate that ends sooner than this is made anew.
const RENEW_BEFORE: Duration = Duration::from_secs(30 * 86_400);
/// What a development certificate is for.
const LOOPBACK: [IpAddr; 2] = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];

/// Why there is no TLS configuration.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A key that others can read may have been read already.
    #[error(
        "the key {path} can be read by others (mode {mode:o}). Run: chmod go= {path}; and have a \
         new certificate made if others use this machine"
    )]
    OpenToOthers {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// A file is not PEM, or holds neither a certificate nor a key.
    #[error("{path}: {source}")]
    Pem {
        /// The file.
        path: PathBuf,
        /// Where the parser stopped.
        source: rustls::pki_types::pem::Error,
    },
    /// The certificate and the key do not belong together, or their kind is not supported.
    #[error("the certificate and its key cannot be used: {0}")]
    Unusable(#[from] rustls::Error),
    /// A new certificate came too early, or the old one was put back.
    #[error("{path} is valid from {from} until {until}, and not now")]
    NotValidNow {
        /// The file.
        path: PathBuf,
        /// Not valid before this.
        from: Timestamp,
        /// Not valid after this.
        until: Timestamp,
    },
    /// The development certificate could not be made.
    #[error("the development certificate could not be made: {0}")]
    Signing(#[from] rcgen::Error),
    /// The present lies outside the years that a certificate can name.
    #[error("the clock shows a year that no certificate can name")]
    Clock,
}

/// A certificate chain (leaf first) and its key, both PEM, as they were read in one go.
pub(super) struct Pair {
    pub(super) chain: Vec<u8>,
    pub(super) key: Zeroizing<Vec<u8>>,
}

impl Pair {
    /// Reads both files; a key that others can read is refused.
    pub(super) fn read(chain: &Path, key: &Path) -> Result<Self, Error> {
        let file = |path: &Path| {
            let path = path.to_owned();
            move |source| Error::File { path, source }
        };
        let read = |path: &Path| -> Result<(Vec<u8>, u32), Error> {
            let opened = fs::File::open(path).map_err(file(path))?;
            let meta = opened.metadata().map_err(file(path))?;
            // Room for the whole at once: a text that grew would leave copies of a key behind.
            if meta.len() > CERTIFICATE_BYTES_MAX {
                let longer = "it is longer than any certificate or key";
                return Err(file(path)(io::Error::other(longer)));
            }
            let room = usize::try_from(meta.len()).unwrap_or(0) + 1;
            let mut bytes = Vec::with_capacity(room);
            opened.take(CERTIFICATE_BYTES_MAX).read_to_end(&mut bytes).map_err(file(path))?;
            Ok((bytes, meta.permissions().mode() & 0o7777))
        };
        let (key_bytes, mode) = read(key)?;
        let key_bytes = Zeroizing::new(key_bytes);
        if mode & 0o077 != 0 {
            return Err(Error::OpenToOthers { path: key.to_owned(), mode });
        }
        Ok(Self { chain: read(chain)?.0, key: key_bytes })
    }

    /// What a handshake takes, once certificate and key fit each other.
    pub(super) fn certified(&self, chain: &Path, key: &Path) -> Result<CertifiedKey, Error> {
        let pem = |path: &Path| {
            let path = path.to_owned();
            move |source| Error::Pem { path, source }
        };
        let leafs = CertificateDer::pem_slice_iter(&self.chain).collect::<Result<Vec<_>, _>>();
        let leafs = leafs.map_err(pem(chain))?;
        if leafs.is_empty() {
            return Err(pem(chain)(rustls::pki_types::pem::Error::NoItemsFound));
        }
        let key = PrivateKeyDer::from_pem_slice(&self.key).map_err(pem(key))?;
        let certified = CertifiedKey::from_der(leafs, key, &provider())?;
        // An end-entity certificate that cannot be parsed would be found by the first client.
        ParsedCertificate::try_from(certified.end_entity_cert()?)?;
        Ok(certified)
    }

    /// Refuses a certificate that is not valid yet, or no more.
    pub(super) fn must_hold_at(&self, chain: &Path, now: Timestamp) -> Result<(), Error> {
        let path = chain.to_owned();
        match Certificate::first(&self.chain) {
            Ok(certificate) if certificate.holds_at(now) => Ok(()),
            Ok(Certificate { from, until, .. }) => Err(Error::NotValidNow { path, from, until }),
            Err(_) => Err(Error::Pem { path, source: rustls::pki_types::pem::Error::NoItemsFound }),
        }
    }
}

/// A configuration from a certificate chain (leaf first) and its key, both PEM.
pub fn from_files(chain: &Path, key: &Path) -> Result<Arc<ServerConfig>, Error> {
    let certified = Pair::read(chain, key)?.certified(chain, key)?;
    with_resolver(Arc::new(SingleCertAndKey::from(certified)))
}

/// A configuration with the development certificate in `dir`, which is made when it is missing,
/// broken, or within 30 days of its end. Browsers and `curl --cacert` need to trust `ca.pem`.
pub fn development(dir: &Path, now: Timestamp) -> Result<Arc<ServerConfig>, Error> {
    let files = Files::in_dir(dir);
    if let Some(config) = files.load_if_good(now) {
        return Ok(config);
    }
    files.write(&make(now)?)?;
    from_files(&files.cert, &files.key)
}

/// A configuration that takes its certificate from `resolver`.
pub(super) fn with_resolver(
    resolver: Arc<dyn ResolvesServerCert>,
) -> Result<Arc<ServerConfig>, Error> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(provider()))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
        .with_no_client_auth()
        .with_cert_resolver(resolver);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    // Without a session cache a resumed session costs no memory here. Early data stays off (the
    // library's default): it can be replayed.
    config.ticketer = ring::Ticketer::new()?;
    config.session_storage = Arc::new(rustls::server::NoServerSessionStorage {});
    Ok(Arc::new(config))
}

fn provider() -> CryptoProvider {
    let mut provider = ring::default_provider();
    provider.cipher_suites.retain(|suite| SUITES.contains(&suite.suite()));
    provider
}

struct Files {
    dir: PathBuf,
    ca: PathBuf,
    cert: PathBuf,
    key: PathBuf,
}

impl Files {
    fn in_dir(dir: &Path) -> Self {
        let file = |name| dir.join(name);
        Self {
            dir: dir.to_owned(),
            ca: file("ca.pem"),
            cert: file("cert.pem"),
            key: file("key.pem"),
        }
    }

    /// Verifies as a client would that trusts `ca.pem`, for every name, 30 days from now. A crash
    /// between two of the renames leaves files that do not fit each other, and fails here.
    fn load_if_good(&self, now: Timestamp) -> Option<Arc<ServerConfig>> {
        let config = from_files(&self.cert, &self.key).ok()?;
        let leaf = CertificateDer::from_pem_file(&self.cert).ok()?;
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(&self.ca).ok()?).ok()?;
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::new(provider()))
                .build()
                .ok()?;
        let now = Duration::from_secs(u64::try_from(now.as_second()).ok()?);
        let names = LOOPBACK.map(ServerName::from).into_iter().chain([localhost()?]);
        for name in names {
            for at in [now, now + RENEW_BEFORE] {
                let at = UnixTime::since_unix_epoch(at);
                verifier.verify_server_cert(&leaf, &[], &name, &[], at).ok()?;
            }
        }
        let mode = fs::metadata(&self.key).ok()?.permissions().mode();
        (mode & 0o077 == 0).then_some(config)
    }

    fn write(&self, made: &Made) -> Result<(), Error> {
        fs::create_dir_all(&self.dir)
            .map_err(|source| Error::File { path: self.dir.clone(), source })?;
        for (path, pem, mode) in [
            (&self.key, &made.key, 0o600),
            (&self.cert, &made.cert, 0o644),
            (&self.ca, &made.ca, 0o644),
        ] {
            replace(path, pem, mode)
                .map_err(|source| Error::File { path: path.clone(), source })?;
        }
        Ok(())
    }
}

fn localhost() -> Option<ServerName<'static>> {
    ServerName::try_from("localhost").ok()
}

/// Writes beside the file and renames, so that a reader sees the old text or the new one.
fn replace(path: &Path, text: &str, mode: u32) -> io::Result<()> {
    let beside = path.with_extension("new");
    match fs::remove_file(&beside) {
        Err(fault) if fault.kind() != io::ErrorKind::NotFound => return Err(fault),
        _ => {}
    }
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&beside, path)
}

/// PEM texts of a new authority, its one certificate, and that certificate's key.
struct Made {
    ca: String,
    cert: String,
    key: String,
}

fn make(now: Timestamp) -> Result<Made, Error> {
    let authority_key = KeyPair::generate()?;
    let authority = authority(now)?;
    let ca = authority.self_signed(&authority_key)?.pem();
    let key = KeyPair::generate()?;
    let cert = leaf(now)?.signed_by(&key, &Issuer::new(authority, authority_key))?.pem();
    Ok(Made { ca, cert, key: key.serialize_pem() })
}

fn authority(now: Timestamp) -> Result<CertificateParams, Error> {
    let mut params = valid_from(now)?;
    params.distinguished_name = named(&format!("Kairo development authority {}", now.as_second()));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let addresses = LOOPBACK.map(|ip| {
        let bits = if ip.is_ipv4() { 32 } else { 128 };
        GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(ip, bits))
    });
    let name = GeneralSubtree::DnsName("localhost".to_owned());
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: addresses.into_iter().chain([name]).collect(),
        excluded_subtrees: Vec::new(),
    });
    Ok(params)
}

fn leaf(now: Timestamp) -> Result<CertificateParams, Error> {
    let mut params = valid_from(now)?;
    params.distinguished_name = named("Kairo development");
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    let name = SanType::DnsName("localhost".try_into()?);
    params.subject_alt_names = LOOPBACK.map(SanType::IpAddress).into_iter().chain([name]).collect();
    Ok(params)
}

fn valid_from(now: Timestamp) -> Result<CertificateParams, Error> {
    let at = |shifted: Result<Timestamp, jiff::Error>| {
        let second = shifted.map_err(|_| Error::Clock)?.as_second();
        OffsetDateTime::from_unix_timestamp(second).map_err(|_| Error::Clock)
    };
    let mut params = CertificateParams::default();
    params.not_before = at(now.checked_sub(VALID_BEFORE))?;
    params.not_after = at(now.checked_add(VALID_AFTER))?;
    Ok(params)
}

fn named(name: &str) -> DistinguishedName {
    let mut distinguished = DistinguishedName::new();
    distinguished.push(DnType::CommonName, name);
    distinguished
}
