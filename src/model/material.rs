//! What a thing is made of, and whether that may cross a border.
//!
//! Parts of animals and plants often need papers abroad, or may not go there at all. The maker marks them
//! with flags; a flag is settled for a destination by a permit that she names, or by her saying that it does
//! not go there. What is not settled stops the order: nobody guesses the law of another country.

use super::Text;
use super::country::{Country, Destination};

/// Something that a product is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Material {
    /// What it is.
    pub name: Text,
    /// Where it comes from, coarsely.
    pub origin: Option<Text>,
    /// What customs and inspectors look for.
    pub flags: Vec<MaterialFlag>,
    /// What settles a flag for some destinations.
    pub permits: Vec<Permit>,
    /// Where it does not go; "everywhere" means abroad, but for places that a permit names.
    pub not_to: Vec<Destination>,
}

/// A paper, or a rule that the maker looked up, that lets a material into some places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permit {
    /// Which flags it settles; empty means all of the material.
    pub flags: Vec<MaterialFlag>,
    /// Where.
    pub to: Vec<Destination>,
    /// What it is, for the buyer; never a number.
    pub says: Option<Text>,
}

/// A reason for which a border may stop a material (DOMAIN §1.8, T4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MaterialFlag {
    /// A species that the Washington Convention (CITES) lists.
    Cites,
    /// Of a seal, walrus, whale or another animal of the sea.
    MarineMammal,
    /// Ivory of any animal.
    Ivory,
    /// Feathers, eggs and other parts of birds.
    Bird,
    /// Hides, skins and furs.
    Hide,
    /// Bone, horn, teeth, scales, shell, coral.
    AnimalPart,
    /// Plants that were gathered wild, for medicine or otherwise.
    WildPlant,
    /// Wood, bark, roots, grass and straw that may carry insects or disease.
    PlantHealth,
    /// Seeds, bulbs and soil.
    Seed,
    /// Food of animals: meat, milk, honey, eggs.
    AnimalFood,
    /// Fossils, and things that are very old.
    Fossil,
}

impl MaterialFlag {
    /// Every flag with its name in files.
    pub const ALL: [(Self, &'static str); 11] = [
        (Self::Cites, "cites"),
        (Self::MarineMammal, "marine-mammal"),
        (Self::Ivory, "ivory"),
        (Self::Bird, "bird"),
        (Self::Hide, "hide"),
        (Self::AnimalPart, "animal-part"),
        (Self::WildPlant, "wild-plant"),
        (Self::PlantHealth, "plant-health"),
        (Self::Seed, "seed"),
        (Self::AnimalFood, "animal-food"),
        (Self::Fossil, "fossil"),
    ];

    /// Its name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }
}

/// Why a material keeps a product from a country.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The maker says that it does not go there.
    NotTo,
    /// Nobody said yet that it may go there.
    Unresolved(MaterialFlag),
}

/// Why a product may not be ordered to a country.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why<'a> {
    /// It is an idea, a prototype or a sample.
    NotForSale,
    /// The maker says that it does not go there.
    NotTo,
    /// Something that it is made of.
    Material(&'a Material, Stop),
}

impl Material {
    /// A material of which only the name is known.
    #[must_use]
    pub fn named(name: Text) -> Self {
        Self { name, origin: None, flags: Vec::new(), permits: Vec::new(), not_to: Vec::new() }
    }

    /// Tells whether it could keep a product from a country.
    #[must_use]
    pub fn is_restricted(&self) -> bool {
        !self.flags.is_empty() || !self.not_to.is_empty()
    }

    /// Tells whether it may go to a country from another (`None`: it is not known from where).
    ///
    /// # Errors
    /// The reason for which it may not.
    pub fn may_go_to(&self, country: Country, from: Option<Country>) -> Result<(), Stop> {
        let is_home = from == Some(country);
        let is_named = self
            .permits
            .iter()
            .flat_map(|permit| &permit.to)
            .any(|to| *to != Destination::Everywhere && to.covers(country));
        // "*" means abroad, and a permit that names a place says more than that.
        let stops = |to: &Destination| match to {
            Destination::Everywhere => !is_home && !is_named,
            to => to.covers(country),
        };
        if self.not_to.iter().any(stops) {
            return Err(Stop::NotTo);
        }
        if is_home {
            return Ok(());
        }
        let is_settled = |flag: MaterialFlag| {
            self.permits.iter().any(|permit| {
                (permit.flags.is_empty() || permit.flags.contains(&flag))
                    && permit.to.iter().any(|to| to.covers(country))
            })
        };
        match self.flags.iter().find(|flag| !is_settled(**flag)) {
            Some(flag) => Err(Stop::Unresolved(*flag)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::LocaleIx;

    fn country(code: &str) -> Country {
        Country::parse(code).expect("a country")
    }

    #[test]
    fn an_unsettled_flag_stops_every_country_but_the_own() {
        let mut feather = Material::named(Text::new(LocaleIx::FIRST, "feather"));
        feather.flags = vec![MaterialFlag::Bird, MaterialFlag::Cites];
        let peru = Some(country("PE"));
        assert_eq!(feather.may_go_to(country("PE"), peru), Ok(()));
        assert_eq!(
            feather.may_go_to(country("PE"), None),
            Err(Stop::Unresolved(MaterialFlag::Bird)),
            "nothing is at home if nobody says where home is"
        );
        feather.permits.push(Permit {
            flags: vec![MaterialFlag::Bird],
            to: vec![Destination::EuropeanUnion],
            says: None,
        });
        let de = country("DE");
        assert_eq!(feather.may_go_to(de, peru), Err(Stop::Unresolved(MaterialFlag::Cites)));
        feather.permits.push(Permit {
            flags: vec![MaterialFlag::Cites],
            to: vec![Destination::Everywhere],
            says: None,
        });
        assert_eq!(feather.may_go_to(de, peru), Ok(()));
        assert_eq!(
            feather.may_go_to(country("NO"), peru),
            Err(Stop::Unresolved(MaterialFlag::Bird))
        );
        feather.not_to = vec![Destination::Country(de)];
        assert_eq!(feather.may_go_to(de, peru), Err(Stop::NotTo));
        assert_eq!(feather.may_go_to(country("FR"), peru), Ok(()));
        feather.not_to = vec![Destination::Everywhere];
        assert_eq!(feather.may_go_to(country("PE"), peru), Ok(()), "it stays at home");
        assert_eq!(feather.may_go_to(country("NO"), peru), Err(Stop::NotTo));
        assert_eq!(feather.may_go_to(country("FR"), peru), Ok(()), "a permit names the place");
    }

    #[test]
    fn a_permit_without_flags_settles_all() {
        let mut bark = Material::named(Text::new(LocaleIx::FIRST, "bark"));
        bark.flags = vec![MaterialFlag::WildPlant, MaterialFlag::PlantHealth];
        let to = vec![Destination::Country(country("JP"))];
        bark.permits.push(Permit { flags: Vec::new(), to, says: None });
        assert_eq!(bark.may_go_to(country("JP"), None), Ok(()));
    }

    #[test]
    fn flags_stand_at_the_position_of_their_name() {
        for (at, (flag, name)) in MaterialFlag::ALL.iter().enumerate() {
            assert_eq!((*flag as usize, flag.name()), (at, *name));
        }
    }
}
