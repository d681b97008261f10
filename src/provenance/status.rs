//! placeholder header
use super::record::status::LIST_SIZE;
use data_encoding::BASE64URL_NOPAD;
use std::io::{Read as _, Write as _};

/// A list of one bit for each place.
pub type Places = Box<dyn Fn(u64) -> Option<bool> + Send + Sync>;

/// Reads an encoded list.
pub fn decode_places(text: &str) -> Option<Places> {
    let packed = BASE64URL_NOPAD.decode(text.strip_prefix('u')?.as_bytes()).ok()?;
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(&packed[..]).take(1 << 24).read_to_end(&mut bytes).ok()?;
    Some(Box::new(move |place| {
        let byte = bytes.get(usize::try_from(place / 8).ok()?)?;
        Some(byte >> (7 - place % 8) & 1 == 1)
    }))
}

/// Writes a list with these places set.
pub fn encode_places(set: &[u64]) -> String {
    let mut bytes = vec![0u8; (LIST_SIZE / 8) as usize];
    for place in set {
        bytes[(place / 8) as usize] |= 1 << (7 - place % 8);
    }
    let mut packer =
        flate2::GzBuilder::new().mtime(0).write(Vec::new(), flate2::Compression::best());
    packer.write_all(&bytes).expect("memory takes it");
    format!("u{}", BASE64URL_NOPAD.encode(&packer.finish().expect("memory takes it")))
}
