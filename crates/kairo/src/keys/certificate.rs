//! What a certificate file says: from when until when it holds, and for which names.
//!
//! Read for the operator's sake: clients judge a certificate by themselves, and nothing here trusts
//! one.

use std::fs;
use std::io::Read as _;
use std::net::IpAddr;
use std::path::Path;

use jiff::Timestamp;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::ParsedCertificate;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::limits::CERTIFICATE_BYTES_MAX;

/// A certificate cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The file is missing, or may not be read.
    #[error("{0}")]
    File(#[from] std::io::Error),
    /// The file holds no certificate in PEM.
    #[error("it holds no certificate in PEM")]
    Pem,
    /// The first certificate of the file is none that X.509 knows.
    #[error("its first certificate cannot be read")]
    Form,
}

/// What the first certificate of a chain says.
#[derive(Debug, Clone)]
pub struct Certificate {
    der: CertificateDer<'static>,
    /// Not valid before this.
    pub from: Timestamp,
    /// Not valid after this.
    pub until: Timestamp,
}

impl Certificate {
    /// Reads the first certificate of a PEM file.
    ///
    /// # Errors
    /// No such file, no PEM, no certificate.
    pub fn read(path: &Path) -> Result<Self, CertificateError> {
        let mut pem = Vec::new();
        fs::File::open(path)?.take(CERTIFICATE_BYTES_MAX).read_to_end(&mut pem)?;
        Self::first(&pem)
    }

    /// Reads the first certificate of a PEM text.
    ///
    /// # Errors
    /// As [`Certificate::read`].
    pub fn first(pem: &[u8]) -> Result<Self, CertificateError> {
        let first = CertificateDer::pem_slice_iter(pem).next();
        let der = first.and_then(Result::ok).ok_or(CertificateError::Pem)?;
        let (_, parsed) = X509Certificate::from_der(&der).map_err(|_| CertificateError::Form)?;
        let at = |second| Timestamp::from_second(second).map_err(|_| CertificateError::Form);
        let validity = parsed.validity();
        let from = at(validity.not_before.timestamp())?;
        let until = at(validity.not_after.timestamp())?;
        Ok(Self { der, from, until })
    }

    /// Whether it holds at an instant.
    pub fn holds_at(&self, at: Timestamp) -> bool {
        self.from <= at && at <= self.until
    }

    /// Whether it is for this name or address, as clients compare (RFC 9525).
    pub fn is_for(&self, host: &str) -> bool {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let name = match bare.parse::<IpAddr>() {
            Ok(address) => ServerName::from(address),
            Err(_) => match ServerName::try_from(bare) {
                Ok(name) => name,
                Err(_) => return false,
            },
        };
        let parsed = ParsedCertificate::try_from(&self.der);
        parsed.is_ok_and(|it| rustls::client::verify_server_name(&it, &name).is_ok())
    }
}
