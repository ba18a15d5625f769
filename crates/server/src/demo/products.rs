//! The products of the demo shop.

use anyhow::{Context as _, Result, anyhow};
use domain::{CategoryName, Description, ItemName, Price};

/// One item of the shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Product {
    pub(crate) category: CategoryName,
    pub(crate) name: ItemName,
    pub(crate) price: Price,
    pub(super) description: Description,
}

/// The list of products. Its first lines describe the format.
const TEXT: &str = include_str!("products.txt");

/// Returns every item, in the order of the list.
pub(super) fn read() -> Result<Vec<Product>> {
    let mut category = None;
    let mut products = Vec::new();
    for line in TEXT.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if line.contains('|') {
            let category = category.as_ref().with_context(|| format!("no category above: {line}"))?;
            product(category, line, &mut products).with_context(|| line.to_owned())?;
        } else {
            category = Some(CategoryName::new(line)?);
        }
    }
    Ok(products)
}

/// Adds the variants of one product.
fn product(category: &CategoryName, line: &str, products: &mut Vec<Product>) -> Result<()> {
    let fields: Vec<_> = line.split('|').map(str::trim).collect();
    let &[name, price, variants, description] = fields.as_slice() else {
        return Err(anyhow!("a product has four fields"));
    };
    let base: Price = price.parse()?;
    for variant in variants.split(", ") {
        let (variant, price) = priced(variant, base)?;
        let name = if variant.is_empty() { name.to_owned() } else { format!("{name}, {variant}") };
        products.push(Product {
            category: category.clone(),
            name: ItemName::new(&name)?,
            price,
            description: Description::new(description)?,
        });
    }
    Ok(())
}

/// A variant and its price: "500 g +8.40" costs 8.40 more than the base.
fn priced(variant: &str, base: Price) -> Result<(&str, Price)> {
    let Some((name, last)) = variant.rsplit_once(' ') else { return Ok((variant, base)) };
    let amount = |text: &str| text.parse::<Price>().map(Price::amount);
    let price = match (last.strip_prefix('+'), last.strip_prefix('-')) {
        (Some(more), _) => base.amount() + amount(more)?,
        (_, Some(less)) => base.amount() - amount(less)?,
        (None, None) => return Ok((variant, base)),
    };
    Ok((name, Price::new(price)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_shop_has_the_documented_size() {
        let products = read().expect("readable");
        let categories: BTreeSet<_> = products.iter().map(|product| product.category.as_str()).collect();
        let names: BTreeSet<_> = products.iter().map(|product| product.name.as_str()).collect();
        assert_eq!(categories.len(), 15);
        assert!((450..=550).contains(&products.len()), "{}", products.len());
        assert_eq!(names.len(), products.len(), "two items have the same name");
    }

    #[test]
    fn a_variant_has_its_own_price() {
        let base: Price = "9.90".parse().expect("a price");
        let check = |text: &str, name: &str, price: &str| {
            let (found, at) = priced(text, base).expect("readable");
            assert_eq!((found, at.to_string()), (name, price.to_owned()));
        };
        check("500 g +8.40", "500 g", "18.30");
        check("Paperback -6.10", "Paperback", "3.80");
        check("Midnight Blue", "Midnight Blue", "9.90");
        check("", "", "9.90");
    }
}
