//! Signatures and secrets in the formats of Standard Webhooks 1.0.

use crate::Error;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::{SigningKey, SigningKeys, Time, WebhookSignature};
use ring::hmac;
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::signature::{Ed25519KeyPair, KeyPair as _};

/// The prefix of an HMAC secret.
const SECRET_PREFIX: &str = "whsec_";

/// The prefix of an ed25519 public key.
const PUBLIC_KEY_PREFIX: &str = "whpk_";

/// Returns a new random key, for both schemes.
///
/// # Errors
/// [`Error::NoRandomNumbers`].
pub fn new_key() -> Result<SigningKey, Error> {
    let mut bytes = [0; 32];
    SystemRandom::new().fill(&mut bytes).map_err(|_| Error::NoRandomNumbers)?;
    Ok(SigningKey(bytes))
}

/// Returns the text with which the receiver verifies: the HMAC secret as `whsec_…`, or the ed25519 public key as `whpk_…`.
pub fn secret_text(signature: WebhookSignature, key: &SigningKey) -> String {
    match signature {
        WebhookSignature::Hmac => format!("{SECRET_PREFIX}{}", STANDARD.encode(key.0)),
        WebhookSignature::Ed25519 => {
            format!("{PUBLIC_KEY_PREFIX}{}", STANDARD.encode(key_pair(key).public_key()))
        }
    }
}

/// Returns the header `webhook-signature` of a message: a signature with each key that is in use at `sent_at`.
pub fn signature_header(keys: &SigningKeys, id: &str, sent_at: Time, body: &str) -> String {
    let signed = format!("{id}.{}.{body}", sent_at.timestamp());
    let signature = |key: &SigningKey| {
        let bytes = match keys.signature {
            WebhookSignature::Hmac => {
                STANDARD.encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key.0), signed.as_bytes()))
            }
            WebhookSignature::Ed25519 => STANDARD.encode(key_pair(key).sign(signed.as_bytes())),
        };
        format!("{},{bytes}", keys.signature.as_str())
    };
    keys.at(sent_at).map(signature).collect::<Vec<_>>().join(" ")
}

fn key_pair(key: &SigningKey) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&key.0).expect("a seed has 32 bytes, and each is a key")
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use http::{HeaderMap, HeaderValue};
    use ring::signature::{ED25519, UnparsedPublicKey};

    const BODY: &str = r#"{"type":"stock.low","data":{"name":"Ä"}}"#;

    fn keys(signature: WebhookSignature, previous: bool, now: Time) -> SigningKeys {
        let previous = previous.then(|| (SigningKey([9; 32]), now + TimeDelta::hours(1)));
        SigningKeys { signature, current: SigningKey([1; 32]), previous }
    }

    #[test]
    fn the_reference_library_verifies_each_key_in_use() {
        let now = chrono::Utc::now();
        let keys = keys(WebhookSignature::Hmac, true, now);
        let verifies = |key: &SigningKey, at: Time| {
            let mut headers = HeaderMap::new();
            let value = |text: &str| HeaderValue::from_str(text).expect("a header");
            headers.insert("webhook-id", value("msg_1_2_3"));
            headers.insert("webhook-timestamp", value(&now.timestamp().to_string()));
            headers.insert("webhook-signature", value(&signature_header(&keys, "msg_1_2_3", at, BODY)));
            let secret = secret_text(WebhookSignature::Hmac, key);
            let receiver = standardwebhooks::Webhook::new(&secret).expect("a secret");
            receiver.verify(BODY.as_bytes(), &headers).is_ok()
        };
        assert!(verifies(&SigningKey([1; 32]), now));
        assert!(verifies(&SigningKey([9; 32]), now), "the replaced key during the overlap");
        assert!(!verifies(&SigningKey([2; 32]), now));
    }

    #[test]
    fn a_public_key_verifies_an_asymmetric_signature() {
        let now = chrono::Utc::now();
        let keys = keys(WebhookSignature::Ed25519, false, now);
        let header = signature_header(&keys, "msg", now, BODY);
        let signature = STANDARD.decode(header.strip_prefix("v1a,").expect("the scheme")).expect("base64");
        let public = secret_text(WebhookSignature::Ed25519, &keys.current);
        let public = STANDARD.decode(public.strip_prefix("whpk_").expect("a public key")).expect("base64");
        let signed = format!("msg.{}.{BODY}", now.timestamp());
        let receiver = UnparsedPublicKey::new(&ED25519, public);
        assert!(receiver.verify(signed.as_bytes(), &signature).is_ok());
        assert!(receiver.verify(b"another message", &signature).is_err());
    }

    #[test]
    fn keys_are_random() {
        assert_ne!(new_key().expect("a key"), new_key().expect("a key"));
    }
}
