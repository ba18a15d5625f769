//! Arguments that limit a person or a client to warehouses.

use access::WarehouseCodes;
use domain::{AllowedWarehouses, Error};

/// A new limit: some warehouses, or all.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
#[group(required = true, multiple = false)]
pub struct LimitArguments {
    /// The code of an allowed warehouse; several are separated by commas.
    #[arg(long = "warehouse", value_delimiter = ',', value_name = "CODE")]
    warehouses: Vec<String>,
    /// Allow all warehouses, including later ones.
    #[arg(long)]
    all_warehouses: bool,
}

impl LimitArguments {
    /// Returns the limit.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an unknown code.
    pub(crate) fn parse(&self, codes: &WarehouseCodes) -> Result<AllowedWarehouses, Error> {
        match self.all_warehouses {
            true => Ok(AllowedWarehouses::ALL),
            false => allowed_warehouses(codes, &self.warehouses),
        }
    }
}

/// Returns the limit to these codes, without codes all warehouses.
///
/// # Errors
/// [`Error::Invalid`] for an unknown code, and for an empty one: an empty variable of a script must not remove the limit.
pub(crate) fn allowed_warehouses(
    codes: &WarehouseCodes,
    named: &[String],
) -> Result<AllowedWarehouses, Error> {
    match named.iter().any(|code| code.trim().is_empty()) {
        true => Err(Error::invalid("warehouse", "must not be empty")),
        false => codes.parse(&named.join(",")),
    }
}

/// Describes a limit after other rights: empty without a limit.
pub(crate) fn describe(allowed: &AllowedWarehouses, codes: &WarehouseCodes) -> String {
    match allowed.is_limited() {
        true => format!(", limited to {}", codes.format(allowed)),
        false => String::new(),
    }
}
