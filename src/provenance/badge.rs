//! Pictures that carry a record with its evidence: badges, as PNG or SVG (RECORD-FORMAT §11.1).
//!
//! What is carried is the very text that a record's page embeds for its own check; here it is only put into a picture and
//! taken out again. Nothing that a picture shows is judged. Reading is bounded: no picture is unpacked, no entity expanded,
//! no document type read.

use std::fmt;
use std::io::Cursor;

use png::text_metadata::{EncodableTextChunk as _, ITXtChunk};
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::json;

/// The keyword of the PNG chunk, and the `id` of the SVG element, that hold the evidence.
pub const NAME: &str = "selvedge-evidence";

/// Largest picture that is read, in bytes.
pub const MAX_PICTURE: usize = 32 << 20;

/// Largest evidence, unpacked, in bytes.
pub const MAX_EVIDENCE: usize = 32 << 20;

/// The most that the chunks of a PNG may take in memory, in bytes.
const MAX_CHUNKS: usize = 4 * MAX_PICTURE;

/// How far the outermost element of an SVG is looked for, in bytes: all that programs write before it is short.
const MAX_PROLOGUE: usize = 1 << 20;

/// The signature and the header of a PNG are of fixed length; what is added stands right behind them.
const AFTER_HEADER: usize = 8 + 25;

const PNG_SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Sorts of pictures that a file may be, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture {
    /// A PNG.
    Png,
    /// An SVG, of any version.
    Svg,
    /// A picture of a sort that carries no record: JPEG, GIF or WebP.
    Other,
}

impl Picture {
    /// Tells a picture by its content; nothing is said of its being whole.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let begins = |with: &[u8]| bytes.starts_with(with);
        if begins(PNG_SIGNATURE) {
            return Some(Self::Png);
        }
        let is_webp = begins(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
        if begins(b"\xff\xd8\xff") || begins(b"GIF8") || is_webp {
            return Some(Self::Other);
        }
        is_svg(bytes).then_some(Self::Svg)
    }
}

/// Why a picture gives no evidence, or takes none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadgeFault {
    /// It is neither PNG nor SVG.
    OtherSort,
    /// It carries no evidence.
    NoEvidence,
    /// It carries evidence twice: nobody can say which one was meant.
    Several,
    /// It cannot be read, or is not read on purpose; why, in words.
    NotReadable(&'static str),
}

impl fmt::Display for BadgeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherSort => f.write_str("it is no PNG and no SVG, and carries no record"),
            Self::NoEvidence => f.write_str("this picture carries no record"),
            Self::Several => f.write_str("this picture carries more than one record"),
            Self::NotReadable(why) => write!(f, "this picture cannot be read: {why}"),
        }
    }
}

impl std::error::Error for BadgeFault {}

/// Puts evidence into a picture; the image itself stays byte for byte.
///
/// `evidence` is one JSON object as a record's page embeds it, without `<`, `>` and `&`, and without `people`.
///
/// # Errors
/// If the picture is neither PNG nor SVG, cannot be read, or carries evidence already; or if the evidence is not such a text.
pub fn bake(picture: &[u8], evidence: &str) -> Result<Vec<u8>, BadgeFault> {
    let is_plain = !evidence.contains(['<', '>', '&', '\0']) && evidence.len() <= MAX_EVIDENCE;
    let said = json::parse(evidence.as_bytes()).ok().filter(|_| is_plain);
    let said = said.ok_or(BadgeFault::NotReadable("what it is to carry is no evidence"))?;
    // A picture that was given away cannot forget.
    if said.member("people").is_some() {
        return Err(BadgeFault::NotReadable("what it is to carry shows names that may be erased"));
    }
    match unbake(picture) {
        Err(BadgeFault::NoEvidence) => (),
        Ok(_) => return Err(BadgeFault::Several),
        Err(fault) => return Err(fault),
    }
    let (at, added) = match Picture::of(picture) {
        Some(Picture::Png) => (AFTER_HEADER, png_chunk(evidence)),
        Some(Picture::Svg) => svg_place(picture, evidence)?,
        _ => return Err(BadgeFault::OtherSort),
    };
    let (before, behind) = picture.split_at(at);
    Ok([before, &added, behind].concat())
}

/// The keyword of the PNG chunk that holds an Open Badge (Open Badges 3.0, §5.3.1).
pub const CREDENTIAL_KEYWORD: &str = "openbadgecredential";

/// The namespace of the SVG element that holds an Open Badge (Open Badges 3.0, §5.3.2).
pub const CREDENTIAL_NAMESPACE: &str = "https://purl.imsglobal.org/ob/v3p0";

/// Puts an Open Badge into a picture, as its standard says: a compact JWT, as an `iTXt` chunk or as the element
/// `openbadges:credential` directly behind the start of the SVG. The image itself stays byte for byte.
///
/// # Errors
/// If the picture is neither PNG nor SVG or cannot be read, or the token is not a compact JWT.
pub fn bake_credential(picture: &[u8], token: &str) -> Result<Vec<u8>, BadgeFault> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if token.is_empty() || token.len() > MAX_EVIDENCE || !token.bytes().all(is_plain) {
        return Err(BadgeFault::NotReadable("what it is to carry is no compact token"));
    }
    match Picture::of(picture) {
        Some(Picture::Png) => {
            let mut chunk = Vec::new();
            ITXtChunk::new(CREDENTIAL_KEYWORD, token)
                .encode(&mut chunk)
                .expect("the keyword is short and the token is text");
            let (before, behind) = picture.split_at_checked(AFTER_HEADER).ok_or(CUT_OFF)?;
            Ok([before, &chunk, behind].concat())
        }
        Some(Picture::Svg) => {
            let malformed = BadgeFault::NotReadable("its XML is not well formed");
            // Nothing but the start of the outermost element is asked for here.
            let (at, _) = svg_place(picture, "")?;
            let (head, behind) = picture.split_at_checked(at).ok_or(malformed.clone())?;
            let head = std::str::from_utf8(head).map_err(|_| malformed.clone())?;
            let start = head.rfind('<').ok_or(malformed.clone())?;
            let name = head[start..].find([' ', '\t', '\n', '\r', '>']).ok_or(malformed)?;
            let (before, rest) = head.split_at(start + name);
            let space = format!(" xmlns:openbadges=\"{CREDENTIAL_NAMESPACE}\"");
            let space = if rest.contains("xmlns:openbadges=") { "" } else { &space };
            let element = format!("<openbadges:credential verify=\"{token}\"/>");
            let parts = [before, space, rest, &element].map(str::as_bytes).concat();
            Ok([&parts, behind].concat())
        }
        _ => Err(BadgeFault::OtherSort),
    }
}

/// Whether a picture carries a record or an Open Badge, or seems to: it was made as a badge.
pub fn is_badge(picture: &[u8]) -> bool {
    let names = [NAME, CREDENTIAL_KEYWORD, CREDENTIAL_NAMESPACE];
    let holds = |name: &str| picture.windows(name.len()).any(|part| part == name.as_bytes());
    matches!(Picture::of(picture), Some(Picture::Png | Picture::Svg))
        && picture.len() <= MAX_PICTURE
        && names.into_iter().any(holds)
}

const CUT_OFF: BadgeFault = BadgeFault::NotReadable("it is cut off or damaged");

/// Takes the evidence out of a picture, as text that nobody has judged yet.
///
/// # Errors
/// If there is none in it, more than one, or none that is read.
pub fn unbake(picture: &[u8]) -> Result<String, BadgeFault> {
    if picture.len() > MAX_PICTURE {
        return Err(BadgeFault::NotReadable("it is larger than any badge"));
    }
    match Picture::of(picture) {
        Some(Picture::Png) => from_png(picture),
        Some(Picture::Svg) => from_svg(picture),
        _ => Err(BadgeFault::OtherSort),
    }
}

/// The one of several.
fn only<T>(mut found: Vec<T>) -> Result<T, BadgeFault> {
    match (found.pop(), found.is_empty()) {
        (Some(one), true) => Ok(one),
        (Some(_), false) => Err(BadgeFault::Several),
        (None, _) => Err(BadgeFault::NoEvidence),
    }
}

fn png_chunk(evidence: &str) -> Vec<u8> {
    let mut chunk = Vec::new();
    ITXtChunk::new(NAME, evidence)
        .encode(&mut chunk)
        .expect("the keyword is short and the text is text");
    chunk
}

fn from_png(picture: &[u8]) -> Result<String, BadgeFault> {
    let damaged = |_| BadgeFault::NotReadable("it is cut off or damaged");
    let mut options = png::DecodeOptions::default();
    options.set_skip_ancillary_crc_failures(false);
    options.set_ignore_iccp_chunk(true);
    let mut decoder = png::Decoder::new_with_options(Cursor::new(picture), options);
    decoder.set_limits(png::Limits { bytes: MAX_CHUNKS });
    // The image is passed over as it stands: its size costs nothing.
    let mut reader = decoder.read_info().map_err(damaged)?;
    reader.finish().map_err(damaged)?;
    let texts = reader.info().utf8_text.iter();
    let mut chunk = only(texts.filter(|chunk| chunk.keyword == NAME).collect())?.clone();
    chunk
        .decompress_text_with_limit(MAX_EVIDENCE)
        .map_err(|_| BadgeFault::NotReadable("the evidence in it cannot be unpacked"))?;
    let text = chunk.get_text().map_err(damaged)?;
    match text.len() > MAX_EVIDENCE {
        true => Err(BadgeFault::NotReadable("the evidence in it is too large")),
        false => Ok(text),
    }
}

/// The text of an XML file, without a byte order mark.
fn xml_text(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    Some(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Whether the outermost element is an `svg`.
fn is_svg(bytes: &[u8]) -> bool {
    let first = &bytes[..bytes.len().min(MAX_PROLOGUE)];
    let whole = std::str::from_utf8(first).map_or_else(|error| error.valid_up_to(), str::len);
    let text = xml_text(&first[..whole]).unwrap_or_default();
    if !text.trim_start().starts_with('<') {
        return false;
    }
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag) | Event::Empty(tag)) => {
                return tag.local_name().as_ref() == "svg";
            }
            Ok(
                Event::Decl(_)
                | Event::PI(_)
                | Event::Comment(_)
                | Event::DocType(_)
                | Event::Text(_),
            ) => (),
            _ => return false,
        }
    }
}

/// Whether an element is the one that holds the evidence, under whatever prefix.
fn is_holder(tag: &BytesStart<'_>) -> Result<bool, BadgeFault> {
    if tag.local_name().as_ref() != "metadata" {
        return Ok(false);
    }
    let malformed = BadgeFault::NotReadable("its XML is not well formed");
    // Comparing each attribute with all others would cost the square of their number.
    let mut ids = Vec::new();
    for attribute in tag.attributes().with_checks(false) {
        let attribute = attribute.map_err(|_| malformed.clone())?;
        if attribute.key.as_ref() == "id" {
            ids.push(attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| {
                BadgeFault::NotReadable("it uses a word that XML itself does not know")
            })?);
        }
    }
    match ids.as_slice() {
        [] => Ok(false),
        [id] => Ok(id == NAME),
        _ => Err(malformed),
    }
}

fn from_svg(picture: &[u8]) -> Result<String, BadgeFault> {
    let refuse = |why| Err(BadgeFault::NotReadable(why));
    let malformed = "its XML is not well formed";
    let text = xml_text(picture).ok_or(BadgeFault::NotReadable("it is not UTF-8 text"))?;
    let mut reader = Reader::from_str(text);
    let mut found: Vec<String> = Vec::new();
    let (mut depth, mut has_ended, mut inside) = (0_usize, false, None);
    loop {
        let event = reader.read_event().map_err(|_| BadgeFault::NotReadable(malformed))?;
        if inside.is_some() && !matches!(event, Event::Text(_) | Event::End(_)) {
            return refuse("its evidence is not plain text");
        }
        match event {
            Event::DocType(_) => return refuse("it declares a document type, which is not read"),
            Event::Start(_) | Event::Empty(_) if has_ended => return refuse(malformed),
            Event::Start(tag) => {
                depth += 1;
                if is_holder(&tag)? {
                    found.push(String::new());
                    inside = Some(depth);
                }
            }
            Event::Empty(tag) => {
                has_ended = depth == 0;
                if is_holder(&tag)? {
                    found.push(String::new());
                }
            }
            Event::End(_) => {
                depth = depth.checked_sub(1).ok_or(BadgeFault::NotReadable(malformed))?;
                has_ended = depth == 0;
                inside = inside.filter(|inside| depth >= *inside);
            }
            Event::Text(part) => match (inside, found.last_mut()) {
                (Some(_), Some(last)) => last.push_str(&part),
                _ if depth == 0 && !part.trim().is_empty() => return refuse(malformed),
                _ => (),
            },
            // Words other than XML's own would need a document type.
            Event::GeneralRef(word) => {
                if unescape(&format!("&{};", &*word)).is_err() {
                    return refuse("it uses a word that XML itself does not know");
                }
            }
            Event::Eof if depth > 0 || !has_ended => return refuse(malformed),
            Event::Eof => return only(found),
            Event::CData(_) if depth == 0 => return refuse(malformed),
            Event::CData(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => (),
        }
    }
}

/// Where evidence goes into an SVG, right behind the start of the outermost element, and the element that holds it.
fn svg_place(picture: &[u8], evidence: &str) -> Result<(usize, Vec<u8>), BadgeFault> {
    let malformed = BadgeFault::NotReadable("its XML is not well formed");
    let text = xml_text(picture).ok_or(malformed.clone())?;
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event().map_err(|_| malformed.clone())? {
            Event::Start(tag) => {
                let name = tag.name();
                let prefix = name.prefix().map(|prefix| format!("{}:", prefix.as_ref()));
                let element = format!("{}metadata", prefix.unwrap_or_default());
                let added = format!("<{element} id=\"{NAME}\">{evidence}</{element}>");
                let at = usize::try_from(reader.buffer_position()).map_err(|_| malformed)?;
                return Ok((picture.len() - text.len() + at, added.into_bytes()));
            }
            Event::Empty(_) | Event::Eof => {
                return Err(BadgeFault::NotReadable("there is nothing in it"));
            }
            _ => (),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVIDENCE: &str = r#"{"record":"e30=","proof":"a\n\n— b","more":"\u003cscript\u003e"}"#;
    const SVG: &str = "<?xml version=\"1.0\"?>\n<!-- a badge --><svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"><title>a &amp; b \
                       &#233;</title><metadata id=\"other\">x</metadata><path d=\"M0 0\"/></svg>\n";

    fn png() -> Vec<u8> {
        let mut out = Vec::new();
        let mut encoder = png::Encoder::new(&mut out, 3, 2);
        encoder.set_color(png::ColorType::Rgb);
        encoder.add_text_chunk("Software".to_owned(), "a loom".to_owned()).unwrap();
        encoder.add_itxt_chunk("Title".to_owned(), "a badge".to_owned()).unwrap();
        encoder.write_header().unwrap().write_image_data(&[7; 18]).unwrap();
        out
    }

    /// Chunks behind the header of a PNG.
    fn with_chunks(picture: &[u8], chunks: &[ITXtChunk]) -> Vec<u8> {
        let mut out = picture[..AFTER_HEADER].to_vec();
        chunks.iter().for_each(|chunk| chunk.encode(&mut out).unwrap());
        out.extend(&picture[AFTER_HEADER..]);
        out
    }

    fn pixels(picture: &[u8]) -> Vec<u8> {
        let mut reader = png::Decoder::new(Cursor::new(picture)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        pixels
    }

    #[test]
    fn an_open_badge_stands_where_its_standard_says_and_beside_the_evidence() {
        let picture = bake_credential(&bake(&png(), EVIDENCE).unwrap(), "a.b-_.c").unwrap();
        let info = png::Decoder::new(Cursor::new(&picture)).read_info().unwrap();
        let texts = info.info().utf8_text.iter();
        let mut found = texts.filter(|chunk| chunk.keyword == "openbadgecredential");
        assert_eq!(found.next().unwrap().get_text().unwrap(), "a.b-_.c");
        assert_eq!(found.next(), None);
        assert_eq!(unbake(&picture).unwrap(), EVIDENCE);
        assert_eq!(pixels(&picture), pixels(&png()));
        let drawing = bake_credential(&bake(SVG.as_bytes(), EVIDENCE).unwrap(), "a.b.c").unwrap();
        let text = std::str::from_utf8(&drawing).unwrap();
        let (_, behind) = text.split_once("<svg").unwrap();
        let (start, behind) = behind.split_once('>').unwrap();
        assert!(
            start.contains("xmlns:openbadges=\"https://purl.imsglobal.org/ob/v3p0\""),
            "{text}"
        );
        assert!(behind.starts_with("<openbadges:credential verify=\"a.b.c\"/>"), "{text}");
        assert_eq!(unbake(&drawing).unwrap(), EVIDENCE);
        for bad in ["", "a b", "a\"b", "a<b"] {
            assert!(bake_credential(SVG.as_bytes(), bad).is_err());
        }
        assert!(bake_credential(b"\x89PNG\r\n\x1a\n", "a.b.c").is_err());
        assert!(bake_credential(b"\xff\xd8\xff", "a.b.c").is_err());
        let only = bake_credential(&png(), "a.b.c").unwrap();
        for (bytes, is) in [(&picture, true), (&drawing, true), (&only, true), (&png(), false)] {
            assert_eq!(is_badge(bytes), is);
        }
        assert!(!is_badge(SVG.as_bytes()) && !is_badge(b"selvedge-evidence"));
    }

    #[test]
    fn what_was_put_into_a_picture_comes_out_of_it_and_the_image_stays() {
        let picture = png();
        let baked = bake(&picture, EVIDENCE).unwrap();
        assert_eq!(unbake(&baked).unwrap(), EVIDENCE);
        assert_eq!(pixels(&baked), pixels(&picture));
        assert!(baked.ends_with(&picture[AFTER_HEADER..]));
        for svg in [
            SVG.to_owned(),
            format!("\u{feff}{SVG}"),
            SVG.replace("<svg xmlns=", "<s:svg xmlns:s=").replace("</svg>", "</s:svg>"),
        ] {
            let baked = bake(svg.as_bytes(), EVIDENCE).unwrap();
            assert_eq!(unbake(&baked).unwrap(), EVIDENCE);
            let text = String::from_utf8(baked).unwrap();
            let (before, behind) = text.split_once(EVIDENCE).unwrap();
            let (before, _) = before.rsplit_once('<').unwrap();
            let (_, behind) = behind.split_once('>').unwrap();
            assert_eq!(format!("{before}{behind}"), svg);
        }
        for (bytes, sort) in [
            (png(), Some(Picture::Png)),
            (SVG.as_bytes().to_vec(), Some(Picture::Svg)),
            (b"<!DOCTYPE svg><svg/>".to_vec(), Some(Picture::Svg)),
            (b"\xff\xd8\xff\xe0".to_vec(), Some(Picture::Other)),
            (b"RIFF\0\0\0\0WEBPVP8 ".to_vec(), Some(Picture::Other)),
            (b"<!doctype html><html><svg></svg></html>".to_vec(), None),
            (b"{\"svg\":1}".to_vec(), None),
            (Vec::new(), None),
        ] {
            assert_eq!(Picture::of(&bytes), sort, "{:?}", String::from_utf8_lossy(&bytes));
        }
    }

    #[test]
    fn a_picture_with_no_evidence_and_one_with_two_are_told_apart() {
        for picture in [png(), SVG.as_bytes().to_vec()] {
            assert_eq!(unbake(&picture), Err(BadgeFault::NoEvidence));
            let baked = bake(&picture, EVIDENCE).unwrap();
            assert_eq!(bake(&baked, EVIDENCE), Err(BadgeFault::Several));
        }
        let one = ITXtChunk::new(NAME, "{}");
        assert_eq!(
            unbake(&with_chunks(&png(), &[one.clone(), one.clone()])),
            Err(BadgeFault::Several)
        );
        // Behind the image too.
        let mut late = with_chunks(&png(), std::slice::from_ref(&one));
        let end = late.split_off(late.len() - 12);
        one.encode(&mut late).unwrap();
        late.extend(end);
        assert_eq!(unbake(&late), Err(BadgeFault::Several));
        let mut packed = ITXtChunk::new(NAME, EVIDENCE);
        packed.compressed = true;
        packed.compress_text().unwrap();
        assert_eq!(unbake(&with_chunks(&png(), &[packed])).unwrap(), EVIDENCE);
        // However the name is spelled, and wherever the element stands.
        for again in [
            "<metadata id=\"selvedge-evidence\"/>",
            "<g><x:metadata a='1' id='selvedge&#45;evidence'>{}</x:metadata></g>",
        ] {
            let baked = String::from_utf8(bake(SVG.as_bytes(), EVIDENCE).unwrap()).unwrap();
            let twice = baked.replace("<path", &format!("{again}<path"));
            assert_eq!(unbake(twice.as_bytes()), Err(BadgeFault::Several), "{again}");
        }
        assert_eq!(unbake(b"\xff\xd8\xff"), Err(BadgeFault::OtherSort));
        assert_eq!(bake(b"{}", EVIDENCE), Err(BadgeFault::OtherSort));
        for evidence in
            ["", "{", "{\"a\":\"<\"}", "{\"a\":\"&\"}", "{\"a\":1,\"a\":2}", "{\"people\":[]}"]
        {
            assert!(bake(&png(), evidence).is_err(), "{evidence}");
        }
    }

    #[test]
    fn no_altered_byte_and_no_cut_gives_other_evidence_and_nothing_panics() {
        let baked = bake(&png(), EVIDENCE).unwrap();
        for at in 0..baked.len() {
            for bit in [0x01, 0x20, 0x80] {
                let mut bent = baked.clone();
                bent[at] ^= bit;
                // What is behind the evidence is the image, whose bytes nobody compares but by their sums.
                assert!(unbake(&bent).is_err() || unbake(&bent).unwrap() == EVIDENCE, "{at}");
            }
            assert!(unbake(&baked[..at]).is_err(), "{at}");
        }
        let baked = bake(SVG.as_bytes(), EVIDENCE).unwrap();
        for at in 0..baked.len() {
            assert!(unbake(&baked[..at]).is_err() || at == baked.len() - 1, "{at}");
        }
    }

    #[test]
    fn pictures_made_to_exhaust_a_reader_are_refused_early() {
        // 50,000 pixels in square, and an unpacked gibibyte of text.
        let mut wide = png();
        wide[16..20].copy_from_slice(&50_000_u32.to_be_bytes());
        wide[20..24].copy_from_slice(&50_000_u32.to_be_bytes());
        let mut crc = flate2::Crc::new();
        crc.update(&wide[12..29]);
        wide[29..33].copy_from_slice(&crc.sum().to_be_bytes());
        assert_eq!(unbake(&wide), Err(BadgeFault::NoEvidence));
        assert_eq!(unbake(&bake(&wide, EVIDENCE).unwrap()).unwrap(), EVIDENCE);

        let mut bomb = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        for _ in 0..MAX_EVIDENCE / (1 << 20) + 1 {
            std::io::Write::write_all(&mut bomb, &[b' '; 1 << 20]).unwrap();
        }
        let data = [NAME.as_bytes(), &[0, 1, 0, 0, 0], &bomb.finish().unwrap()].concat();
        let mut chunk = u32::try_from(data.len()).unwrap().to_be_bytes().to_vec();
        chunk.extend(b"iTXt");
        chunk.extend(&data);
        let mut crc = flate2::Crc::new();
        crc.update(&chunk[4..]);
        chunk.extend(crc.sum().to_be_bytes());
        let picture = png();
        let packed = [&picture[..AFTER_HEADER], &chunk, &picture[AFTER_HEADER..]].concat();
        assert!(matches!(unbake(&packed), Err(BadgeFault::NotReadable(_))));

        let large = format!("<svg>{}</svg>", " ".repeat(MAX_PICTURE));
        assert!(matches!(unbake(large.as_bytes()), Err(BadgeFault::NotReadable(_))));
        let laughs = "<!DOCTYPE svg [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">]>";
        for svg in [
            format!("{laughs}<svg>&b;</svg>"),
            "<svg>&b;</svg>".to_owned(),
            "<svg><metadata id=\"&b;\"/></svg>".to_owned(),
            "<svg><metadata id=\"selvedge-evidence\">{}<g/></metadata></svg>".to_owned(),
            "<svg><metadata id=\"selvedge-evidence\">&lt;</metadata></svg>".to_owned(),
            "<svg><metadata id=\"selvedge-evidence\"><![CDATA[{}]]></metadata></svg>".to_owned(),
            "<svg><metadata id=\"selvedge-evidence\" id=\"x\">{}</metadata></svg>".to_owned(),
            "<svg></svg><svg></svg>".to_owned(),
            "<svg></svg>more".to_owned(),
            "<svg><g></svg></g>".to_owned(),
            "<svg>".to_owned(),
        ] {
            assert!(matches!(unbake(svg.as_bytes()), Err(BadgeFault::NotReadable(_))), "{svg}");
        }
        // Neither depth nor a crowd of attributes costs more than its bytes.
        let deep = format!("<svg>{}", "<g>".repeat(1_000_000));
        assert!(unbake(deep.as_bytes()).is_err());
        let crowd: String = (0..300_000).map(|n| format!(" a{n}=\"\"")).collect();
        let crowd = format!("<svg><metadata{crowd}>x</metadata></svg>");
        assert_eq!(unbake(crowd.as_bytes()), Err(BadgeFault::NoEvidence));
    }
}
