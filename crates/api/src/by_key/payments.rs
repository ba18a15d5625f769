//! Payments and confirmations of carts in request bodies.

use domain::{Error, Reference, Ttl};
use serde::Deserialize;
use utoipa::ToSchema;

/// A request to keep a cart for the time of a payment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StartPayment {
    /// The time for the payment, from now: 1 to 2,592,000 seconds (30 days). The payment must end within the life of a cart,
    /// which is 24 hours by default, or before the cart expires anyway.
    pub ttl_seconds: i64,
    /// The shop's key of the payment: 1 to 100 characters.
    pub payment_reference: String,
}

/// The treatment of a cart that has expired.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Late {
    /// The request is refused.
    #[default]
    Refuse,
    /// The units of the cart are taken again from the same stock levels, or none.
    Retake,
}

/// A request to confirm a cart. The body may be left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ConfirmCart {
    /// The treatment of a cart that has expired. Default: `refuse`.
    #[schema(inline, default = "refuse")]
    pub late: Late,
    /// With `late: retake`, the shop's key of the payment: 1 to 100 characters. Default: that of the cart's last payment. The
    /// cart keeps the key. It is refused if another cart is active or confirmed with it, or was retaken.
    pub payment_reference: Option<String>,
}

impl StartPayment {
    /// Returns the domain's request for a cart.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub fn for_cart(self, cart: domain::CartId) -> Result<domain::StartPayment, Error> {
        let (ttl, reference) = (Ttl::new(self.ttl_seconds)?, payment_reference(&self.payment_reference)?);
        Ok(domain::StartPayment { cart, ttl, reference })
    }
}

impl ConfirmCart {
    /// Returns the domain's request to take the units of an expired cart again; `None` if it is refused.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub fn retake(self, cart: domain::CartId) -> Result<Option<domain::RetakeCart>, Error> {
        let payment = self.payment_reference.as_deref().map(payment_reference).transpose()?;
        Ok((self.late == Late::Retake).then_some(domain::RetakeCart { cart, payment }))
    }
}

fn payment_reference(text: &str) -> Result<Reference, Error> {
    Reference::new(text).map_err(|error| match error {
        Error::Invalid { reason, .. } => Error::invalid("paymentReference", reason),
        error => error,
    })
}
