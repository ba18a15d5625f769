use crate::Error;

/// The mean radius of the earth in metres (IUGG).
const EARTH_RADIUS_METRES: f64 = 6_371_008.8;

/// Parts of a degree. One part is at most 0.12 m.
const PARTS_PER_DEGREE: f64 = 1e6;

/// The largest latitude in degrees.
pub const LATITUDE_MAX: f64 = 90.0;

/// The largest longitude in degrees.
pub const LONGITUDE_MAX: f64 = 180.0;

/// A position on the earth, to a millionth of a degree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Coordinates {
    /// Millionths of a degree, north is positive.
    latitude: i32,
    /// Millionths of a degree, east is positive.
    longitude: i32,
}

impl Coordinates {
    /// Creates a position from degrees, rounded to a millionth.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless the latitude is -90 to 90 and the longitude is -180 to 180.
    pub fn new(latitude: f64, longitude: f64) -> Result<Self, Error> {
        let latitude = parts("latitude", latitude, LATITUDE_MAX)?;
        Ok(Self { latitude, longitude: parts("longitude", longitude, LONGITUDE_MAX)? })
    }

    /// Creates an optional position.
    ///
    /// # Errors
    /// [`Error::Invalid`] for one value without the other, and as [`Coordinates::new`].
    pub fn optional(latitude: Option<f64>, longitude: Option<f64>) -> Result<Option<Self>, Error> {
        match (latitude, longitude) {
            (Some(latitude), Some(longitude)) => Self::new(latitude, longitude).map(Some),
            (None, None) => Ok(None),
            (Some(_), None) => Err(Error::invalid("longitude", "is missing: give both coordinates, or none")),
            (None, Some(_)) => Err(Error::invalid("latitude", "is missing: give both coordinates, or none")),
        }
    }

    /// Degrees, north is positive.
    pub fn latitude(self) -> f64 {
        f64::from(self.latitude) / PARTS_PER_DEGREE
    }

    /// Degrees, east is positive.
    pub fn longitude(self) -> f64 {
        f64::from(self.longitude) / PARTS_PER_DEGREE
    }

    /// Returns the length of the great circle to another position in whole metres, by the haversine formula. The earth counts
    /// as a sphere, so that the error is at most 0.6 %.
    pub fn distance_metres(self, other: Self) -> u32 {
        let haversine = |radians: f64| (radians / 2.0).sin().powi(2);
        let [from, to] = [self, other].map(|at| at.latitude().to_radians());
        let longitudes = (other.longitude() - self.longitude()).to_radians();
        let chord = haversine(to - from) + from.cos() * to.cos() * haversine(longitudes);
        let metres = 2.0 * EARTH_RADIUS_METRES * chord.clamp(0.0, 1.0).sqrt().asin();
        // At most 20,015,115 m, half of the circumference.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the value is bounded")]
        let metres = metres.round() as u32;
        metres
    }
}

/// Returns millionths of a degree.
fn parts(field: &'static str, degrees: f64, max: f64) -> Result<i32, Error> {
    if !(-max..=max).contains(&degrees) {
        return Err(Error::invalid(field, format!("must be -{max} to {max} degrees, not {degrees}")));
    }
    #[expect(clippy::cast_possible_truncation, reason = "at most 180,000,000")]
    let parts = (degrees * PARTS_PER_DEGREE).round() as i32;
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(latitude: f64, longitude: f64) -> Coordinates {
        Coordinates::new(latitude, longitude).expect("a position")
    }

    #[test]
    fn distances_are_those_of_an_atlas() {
        let (berlin, munich) = (at(52.520_008, 13.404_954), at(48.135_125, 11.581_981));
        for (from, to, kilometres) in [
            (berlin, munich, 504),
            (berlin, berlin, 0),
            (at(0.0, 179.5), at(0.0, -179.5), 111),
            (at(90.0, 0.0), at(-90.0, 0.0), 20_015),
            (at(0.0, 0.0), at(0.0, 180.0), 20_015),
            (at(-33.868_8, 151.209_3), at(51.507_4, -0.127_8), 16_994),
        ] {
            let metres = from.distance_metres(to);
            assert!(metres.abs_diff(kilometres * 1_000) < 1_000, "{from:?} {to:?} {metres}");
        }
    }

    #[test]
    fn a_position_has_both_degrees_in_bounds() {
        for (latitude, longitude) in
            [(90.1, 0.0), (-91.0, 0.0), (0.0, 180.5), (f64::NAN, 0.0), (0.0, f64::INFINITY)]
        {
            assert!(Coordinates::new(latitude, longitude).is_err());
        }
        assert_eq!(Coordinates::optional(None, None), Ok(None));
        assert!(Coordinates::optional(Some(1.0), None).is_err());
        assert!(Coordinates::optional(None, Some(1.0)).is_err());
    }

    proptest! {
        #[test]
        fn distances_are_symmetric_and_bounded(
            a in (-90.0..=90.0, -180.0..=180.0),
            b in (-90.0..=90.0, -180.0..=180.0),
        ) {
            let (a, b) = (at(a.0, a.1), at(b.0, b.1));
            prop_assert_eq!(a.distance_metres(b), b.distance_metres(a));
            prop_assert!(a.distance_metres(b) <= 20_015_116);
            prop_assert_eq!(at(a.latitude(), a.longitude()), a);
        }
    }
}
