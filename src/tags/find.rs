//! From what somebody typed to a record: a printed short number, a full identifier or an alias, looked up in the register at hand.
//!
//! [`read`] tells what was meant, and whether it is a number of this register at all; [`Ledger::find`] which record it is of. The page where
//! things are checked answers the same (`themes/script/verify.js`).

use std::fmt;

use super::{Edition, Ledger};
use crate::provenance::brand::{self, Brand, Number, NumberFault};
use crate::provenance::identifier::{self, CharterLetters, IdentifierFault, Root};
use crate::provenance::log::RecordId;

/// By what a register is known.
#[derive(Clone, Debug, Default)]
pub struct Register {
    /// What its printed numbers begin with, if that is known. Without it a number of any brand is looked up.
    pub brand: Option<Brand>,
    /// Where it is and where it was: host and perhaps port and path, no slash at the end.
    pub places: Vec<String>,
    /// The letters of its first charter.
    pub charter: Option<CharterLetters>,
}

impl Register {
    /// That of a ledger whose owner is known.
    #[must_use]
    pub fn of(ledger: &Ledger, brand: Option<&Brand>, places: Vec<String>) -> Self {
        Self { brand: brand.cloned(), places, charter: ledger.charter_letters() }
    }
}

/// Why what was typed names nothing here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadFault {
    /// It is no number of any form, and none was meant: it may be a file, an address, a name.
    NotOne,
    /// It is a short number with something wrong.
    Number(NumberFault),
    /// It is an identifier or an alias with something wrong.
    Identifier(IdentifierFault),
    /// It is an identifier of another place, with its host.
    OtherSite(String),
    /// It is an identifier of this place, and of another scope.
    OtherScope,
    /// It is an alias of another register.
    OtherRegister,
}

impl fmt::Display for ReadFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOne => f.write_str("this is no number of a tag and no identifier"),
            Self::Number(fault) => fault.fmt(f),
            Self::Identifier(fault) => fault.fmt(f),
            Self::OtherSite(host) => {
                write!(f, "this is an identifier of another site, {host}; it is looked up there")
            }
            Self::OtherScope => f.write_str("this is an identifier of another brand"),
            Self::OtherRegister => f.write_str(
                "this is an alias of another register: the letters behind key: are not those of the first charter here",
            ),
        }
    }
}

/// Reads what somebody typed as a number of a register.
///
/// # Errors
/// Why it is none; [`ReadFault::NotOne`] if none was meant.
pub fn read(typed: &str, register: &Register) -> Result<Number, ReadFault> {
    let read = match identifier::parse(typed) {
        Ok(read) => read,
        Err(IdentifierFault::Form) => return read_short(typed, register),
        Err(fault) => return Err(ReadFault::Identifier(fault)),
    };
    let number = Number { brand: register.brand.clone(), ..read.number };
    let Root::Address(_) = &read.root else {
        let own = register.charter.clone().map(Root::Charter);
        let is_own = own.is_some_and(|own| own.is_same(&read.root));
        return if is_own { Ok(number) } else { Err(ReadFault::OtherRegister) };
    };
    let Some(brand) = &register.brand else {
        // Without a brand there is no scope, and so no identifier of this register.
        let is_here = register.places.iter().any(|place| read.root.is_below(place));
        let host = read.root.host().unwrap_or_default().to_owned();
        return Err(if is_here { ReadFault::OtherScope } else { ReadFault::OtherSite(host) });
    };
    let is_own = |place: &String| Root::at(place, brand).is_same(&read.root);
    if register.places.iter().any(is_own) {
        return Ok(number);
    }
    if register.places.iter().any(|place| read.root.is_below(place)) {
        return Err(ReadFault::OtherScope);
    }
    Err(ReadFault::OtherSite(read.root.host().unwrap_or_default().to_owned()))
}

fn read_short(typed: &str, register: &Register) -> Result<Number, ReadFault> {
    brand::parse(typed, register.brand.as_ref()).map_err(|fault| {
        let has_digit = typed.chars().any(char::is_numeric);
        match &fault {
            NumberFault::Form | NumberFault::Strange(_) => ReadFault::NotOne,
            NumberFault::OtherBrand(_) => ReadFault::Number(fault),
            _ if has_digit => ReadFault::Number(fault),
            _ => ReadFault::NotOne,
        }
    })
}

/// What a number is of.
#[derive(Clone, Debug)]
pub enum Found<'l> {
    /// A design, by the record of it that was said last.
    Design(RecordId),
    /// An edition, and perhaps a piece of it.
    Edition(&'l Edition, Option<u64>),
}

impl Found<'_> {
    /// The record.
    #[must_use]
    pub fn id(&self) -> RecordId {
        match self {
            Self::Design(id) => *id,
            Self::Edition(edition, _) => edition.id,
        }
    }
}

/// Why a register has no such number, with what it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotFound {
    /// It has no such design, and so many designs.
    Design(u64, u64),
    /// The design has no such edition, and so many editions.
    Edition(u64, u64, u64),
    /// There is no such edition without a design, and so many are there.
    LooseEdition(u64, u64),
    /// The edition has so many pieces at most.
    Serial(u64),
    /// The edition announced so many pieces, and the number says otherwise.
    Maximum(u64),
}

impl fmt::Display for NotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such number: ")?;
        let up_to = |count: u64, sort: &str, letter: &str| match count {
            0 => format!("it has no {sort}"),
            1 => format!("it has one {sort}, {letter}1"),
            _ => format!("it has {count} {sort}s, {letter}1 to {letter}{count}"),
        };
        match self {
            Self::Design(design, all) => {
                let has = up_to(*all, "design", "D");
                write!(f, "this register has no design D{design}; {has}")
            }
            Self::Edition(design, edition, all) => {
                let has = up_to(*all, "edition", "E");
                write!(f, "the design D{design} of this register has no edition E{edition}; {has}")
            }
            Self::LooseEdition(edition, all) => {
                let has = up_to(*all, "such edition", "E");
                write!(f, "this register has no edition E{edition} without a design; {has}")
            }
            Self::Serial(maximum) => write!(f, "this edition has {maximum} pieces at most"),
            Self::Maximum(maximum) => write!(
                f,
                "this edition announced {maximum} pieces, and the number says another number behind the stroke"
            ),
        }
    }
}

impl Ledger {
    /// Finds what a number is of.
    ///
    /// # Errors
    /// What there is instead, if there is no such number.
    pub fn find(&self, number: &Number) -> Result<Found<'_>, NotFound> {
        let of_design = match number.design {
            Some(design) => {
                let id = self.design(design);
                let id = id.ok_or_else(|| NotFound::Design(design, self.design_count()))?;
                Some((design, id))
            }
            None => None,
        };
        let design = of_design.map(|(design, _)| design);
        let edition = match (number.edition, of_design) {
            (None, Some((_, id))) => return Ok(Found::Design(id)),
            (edition, _) => edition.unwrap_or_default(),
        };
        let Some(found) = self.edition_with(design, edition) else {
            let all = self.editions.iter().filter(|it| it.design == design);
            let all = all.map(|it| it.number).max().unwrap_or_default();
            return Err(match design {
                Some(design) => NotFound::Edition(design, edition, all),
                None => NotFound::LooseEdition(edition, all),
            });
        };
        if let Some(maximum) = found.maximum {
            if number.serial.is_some_and(|serial| serial > maximum) {
                return Err(NotFound::Serial(maximum));
            }
            if number.maximum.is_some_and(|said| said != maximum) {
                return Err(NotFound::Maximum(maximum));
            }
        }
        Ok(Found::Edition(found, number.serial))
    }
}

/// The places of a register whose identity is known: where it is, then where it was.
#[must_use]
pub fn places(identity: &crate::verify::Identity) -> Vec<String> {
    std::iter::once(&identity.base)
        .chain(&identity.former)
        .map(|it| it.authority_and_path())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brand() -> Brand {
        Brand::new("LOOM", "ZZ-NOR").expect("a brand")
    }

    fn register() -> Register {
        let charter = CharterLetters::of(&RecordId::of(b""));
        let places = vec!["loom.example".to_owned(), "old.example/mill".to_owned()];
        Register { brand: Some(brand()), places, charter: Some(charter) }
    }

    #[test]
    fn a_number_is_read_in_each_of_its_forms() {
        let number = |serial, maximum| Number {
            brand: Some(brand()),
            design: Some(42),
            edition: Some(2),
            serial,
            maximum,
        };
        for (typed, expected) in [
            ("LOOM ZZ-NOR D42 E2 017/100 U", number(Some(17), Some(100))),
            ("https://loom.example/zz/nor/d-42/e2/", number(None, None)),
            ("OLD.example/Mill/zz/nor/d-42/e2/017", number(Some(17), None)),
            ("key:4oym-iquy-7qob-jgx3/d-42/e2/017", number(Some(17), None)),
        ] {
            assert_eq!(read(typed, &register()), Ok(expected), "{typed}");
        }
    }

    #[test]
    fn what_is_of_others_is_told() {
        let other = |host: &str| ReadFault::OtherSite(host.to_owned());
        for (typed, expected) in [
            ("mill.example/zz/nor/d-42", other("mill.example")),
            ("loom.example/zz/sud/d-42", ReadFault::OtherScope),
            ("loom.example/shop/zz/nor/d-42", ReadFault::OtherScope),
            ("key:aaaa-iquy-7qob-jgx3/d-42", ReadFault::OtherRegister),
            ("key:aaaa/d-42", ReadFault::Identifier(IdentifierFault::Length(4))),
            ("record.json", ReadFault::NotOne),
            ("records/IDF6JDYSHFNT7M25QS4ZMDWLTRSQ7MCM.json", ReadFault::NotOne),
            ("https://loom.example/", ReadFault::NotOne),
            ("public", ReadFault::NotOne),
            ("", ReadFault::NotOne),
        ] {
            assert_eq!(read(typed, &register()), Err(expected), "{typed}");
        }
        let slip = read("LOOM ZZ-NOR D43 E2 017/100 U", &register());
        assert!(matches!(slip, Err(ReadFault::Number(NumberFault::Check(_)))), "{slip:?}");
        let none = Register { brand: None, charter: None, ..register() };
        assert_eq!(read("loom.example/zz/nor/d-42", &none), Err(ReadFault::OtherScope));
        assert_eq!(read("key:4oym-iquy-7qob-jgx3/d-42", &none), Err(ReadFault::OtherRegister));
    }
}
