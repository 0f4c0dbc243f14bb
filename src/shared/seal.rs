//! What makes an entry of the shared server ours: a tag that only who has the key can make, and keys that nobody else
//! asks for.

use ring::hmac::{HMAC_SHA256, Key, sign, verify};

/// Bytes of a tag.
const TAG: usize = 32;

/// A key that processes have in common.
pub struct Seal {
    key: Key,
    prefix: String,
}

impl Seal {
    /// Of a secret.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        let key = Key::new(HMAC_SHA256, secret);
        let name = sign(&key, b"screener: whose entries");
        let number = name.as_ref().iter().take(8).fold(0, |all, byte| all << 8 | u64::from(*byte));
        Self { key, prefix: format!("sealed:{number:016x}:") }
    }

    /// The key under which the entries of those who have the secret stand.
    pub(super) fn key(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }

    /// Bytes with their tag, which holds under this key only.
    pub(super) fn close(&self, key: &str, bytes: &[u8]) -> Vec<u8> {
        let mut sealed = sign(&self.key, &message(key, bytes)).as_ref().to_vec();
        sealed.extend_from_slice(bytes);
        sealed
    }

    /// The bytes. `None`: they are not what [`Seal::close`] made for this key.
    pub(super) fn open(&self, key: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (tag, bytes) = sealed.split_at_checked(TAG)?;
        verify(&self.key, &message(key, bytes), tag).ok()?;
        Some(bytes.to_vec())
    }
}

fn message(key: &str, bytes: &[u8]) -> Vec<u8> {
    [key.as_bytes(), &[0], bytes].concat()
}
