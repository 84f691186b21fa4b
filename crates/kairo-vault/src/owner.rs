//! Whose data key it is.
//!
//! **Invariant:** the words of [`OwnerKind`] are bound into ciphertext, so they never change.

use std::fmt;
use std::str::FromStr;

use crate::VaultError;

/// The kind of an owner.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum OwnerKind {
    /// A person: what they wrote for themselves.
    User,
    /// A person: what those who share a team with them may open, such as a display name.
    Profile,
    /// A team.
    Team,
    /// Kairo itself: mail on its way out, answers kept for a repeated request.
    System,
}

impl OwnerKind {
    /// The word that is stored and bound.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Profile => "profile",
            Self::Team => "team",
            Self::System => "system",
        }
    }
}

impl fmt::Display for OwnerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for OwnerKind {
    type Err = VaultError;

    fn from_str(text: &str) -> Result<Self, VaultError> {
        [Self::User, Self::Profile, Self::Team, Self::System]
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or(VaultError::OwnerKind)
    }
}

/// The one person, team or system that a data key belongs to.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Owner {
    /// The kind of owner.
    pub kind: OwnerKind,
    /// The bytes of the owner's UUID.
    pub id: [u8; 16],
}

impl Owner {
    /// A person's own key.
    #[must_use]
    pub const fn user(id: [u8; 16]) -> Self {
        Self { kind: OwnerKind::User, id }
    }

    /// The key of what a person shows to their teams.
    #[must_use]
    pub const fn profile(id: [u8; 16]) -> Self {
        Self { kind: OwnerKind::Profile, id }
    }

    /// The key of a team.
    #[must_use]
    pub const fn team(id: [u8; 16]) -> Self {
        Self { kind: OwnerKind::Team, id }
    }

    /// A key of Kairo itself.
    #[must_use]
    pub const fn system(id: [u8; 16]) -> Self {
        Self { kind: OwnerKind::System, id }
    }
}
