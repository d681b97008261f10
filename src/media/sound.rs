//! A recording without what is told beside its sound: titles, names, pictures, places and times.
//!
//! Phones write into a recording where and when it was made, and programs who speaks. Nothing here decodes or changes the
//! sound itself. As with photographs a part is kept because playing needs it, never because it is unknown:
//!
//! - MP3: the frames of sound, one after the other; whatever stands before, between and behind them goes (ID3v1, ID3v2,
//!   APE, Lyrics3).
//! - M4A (ISO 14496-12): boxes that playing needs stay where they are, since others point to places in the file; all other
//!   boxes are overwritten with zeros as `free`, and times of making and names of tools with zeros. A file with a track that
//!   is no sound is refused.
//! - Ogg (RFC 3533) with Vorbis or Opus (RFC 7845): each packet, but that with the comments, which is written empty.

use std::fmt;
use std::io::Cursor;

use ogg::{PacketReader, PacketWriteEndInfo, PacketWriter};
use sha2::{Digest, Sha256};

/// The largest recording in bytes: ten minutes of speech as phones make it.
pub const MAX_SOUND_BYTES: u64 = 10 << 20;

/// Counts changes of how recordings are written; part of every name.
const WRITER: &str = "1";

/// A recording as it is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sound {
    /// The file.
    pub bytes: Vec<u8>,
    /// Its name: a digest of what it was made from, with the ending of its kind.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// How long it is, in whole seconds; at least one.
    pub seconds: u32,
}

/// Why a recording cannot be used. `Display` is one sentence on what is wrong, [`hint`](Self::hint) one on what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SoundError {
    /// It has more bytes than [`MAX_SOUND_BYTES`].
    TooLarge,
    /// It is of no kind that browsers play and this program can take the metadata out of.
    Unknown,
    /// It breaks off, or is not what it begins as.
    Damaged,
    /// It holds pictures, film or texts as tracks of their own.
    MoreThanSound,
    /// An M4A in pieces, as it is sent while it is made.
    InPieces,
}

impl SoundError {
    /// What the maker can do.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            Self::TooLarge => {
                "save it as MP3 with 64 kbit/s and one channel, which is enough for a voice, or cut it shorter"
            }
            Self::Unknown | Self::InPieces => {
                "save it as MP3 or M4A; a voice message (OGG, OPUS) fits as it is"
            }
            Self::Damaged => "play it to the end, and save or record it again",
            Self::MoreThanSound => "save the sound alone, as MP3 or M4A",
        }
    }
}

impl fmt::Display for SoundError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLarge => "this recording is larger than 10 megabytes",
            Self::Unknown => "this is no recording in MP3, M4A, OGG or OPUS",
            Self::Damaged => "this recording is damaged",
            Self::MoreThanSound => "this recording holds pictures or texts besides its sound",
            Self::InPieces => {
                "this recording is in pieces from which names and places cannot be taken out"
            }
        })
    }
}

impl std::error::Error for SoundError {}

/// Copies a recording without its metadata.
///
/// # Errors
/// If it is too large, of no known kind, damaged, or cannot be rid of what is told beside the sound.
pub fn bare_sound(input: &[u8]) -> Result<Sound, SoundError> {
    if input.len() as u64 > MAX_SOUND_BYTES {
        return Err(SoundError::TooLarge);
    }
    let (bytes, seconds, ending, media_type) = if input.starts_with(b"OggS") {
        let (bytes, seconds, ending) = bare_ogg(input)?;
        (bytes, seconds, ending, "audio/ogg")
    } else if input.get(4..8) == Some(b"ftyp") {
        let (bytes, seconds) = bare_m4a(input)?;
        (bytes, seconds, "m4a", "audio/mp4")
    } else {
        let (bytes, seconds) = bare_mp3(input)?;
        (bytes, seconds, "mp3", "audio/mpeg")
    };
    let digest = Sha256::new().chain_update(WRITER).chain_update(input).finalize();
    let name = format!("{}.{ending}", data_encoding::HEXLOWER.encode(&digest[..10]));
    Ok(Sound { bytes, name, media_type, seconds: seconds.max(1) })
}

// ---- MP3 ----

/// A frame of MPEG audio, layer III.
struct Frame {
    len: usize,
    samples: u32,
    rate_hz: u32,
    version: u8,
}

fn frame(bytes: &[u8]) -> Option<Frame> {
    const RATES_KBIT: [[u16; 16]; 2] = [
        [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0],
        [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0],
    ];
    const RATES_HZ: [u32; 3] = [44_100, 48_000, 32_000];
    let [0xff, second, third, _] = *bytes.first_chunk()? else { return None };
    let version = second >> 3 & 3;
    // Eleven bits that are set, no reserved version, and layer III.
    if second & 0xe0 != 0xe0 || version == 1 || second >> 1 & 3 != 1 {
        return None;
    }
    let is_first_version = version == 3;
    let bits =
        u32::from(RATES_KBIT[usize::from(!is_first_version)][usize::from(third >> 4)]) * 1000;
    let full = RATES_HZ.get(usize::from(third >> 2 & 3))?;
    let rate_hz = match version {
        3 => *full,
        2 => full / 2,
        _ => full / 4,
    };
    if bits == 0 {
        return None;
    }
    let samples = if is_first_version { 1152 } else { 576 };
    let padding = u32::from(third >> 1 & 1);
    let len = usize::try_from(samples / 8 * bits / rate_hz + padding).ok()?;
    Some(Frame { len, samples, rate_hz, version })
}

fn bare_mp3(input: &[u8]) -> Result<(Vec<u8>, u32), SoundError> {
    /// Fewer frames than this are an accident.
    const LEAST_FRAMES: usize = 3;
    let mut at = 0;
    // Tags that say how long they are; one may follow another.
    while let Some([b'I', b'D', b'3', _, _, flags, a, b, c, d]) = input.get(at..at + 10) {
        let size =
            [a, b, c, d].into_iter().fold(0, |size, byte| size << 7 | usize::from(byte & 0x7f));
        at = at.saturating_add(10 + size + if flags & 0x10 != 0 { 10 } else { 0 }).min(input.len());
    }
    let is_mp3 = |at: usize| {
        let first = frame(&input[at..])?;
        let next = frame(input.get(at + first.len..)?)?;
        (first.version == next.version && first.rate_hz == next.rate_hz).then_some(())
    };
    // What follows the tags is sound at once, but for zeros that fill up.
    at += input[at..].iter().take_while(|byte| **byte == 0).count();
    if at >= input.len() || is_mp3(at).is_none() {
        return Err(SoundError::Unknown);
    }
    let mut out = Vec::with_capacity(input.len());
    let (mut frames, mut samples) = (0, 0_u64);
    let first = frame(&input[at..]).ok_or(SoundError::Unknown)?;
    while at < input.len() {
        let found = frame(&input[at..])
            .filter(|one| one.version == first.version && one.rate_hz == first.rate_hz)
            .filter(|one| at + one.len <= input.len());
        // A frame is one if another follows it, or nothing does that could be one.
        match found {
            Some(one) => {
                out.extend_from_slice(&input[at..at + one.len]);
                at += one.len;
                frames += 1;
                samples += u64::from(one.samples);
            }
            None => {
                at = (at + 1..input.len()).find(|at| is_mp3(*at).is_some()).unwrap_or(input.len())
            }
        }
    }
    if frames < LEAST_FRAMES {
        return Err(SoundError::Damaged);
    }
    Ok((out, whole_seconds(samples, first.rate_hz)))
}

fn whole_seconds(samples: u64, rate_hz: u32) -> u32 {
    u32::try_from(samples.div_ceil(u64::from(rate_hz.max(1)))).unwrap_or(u32::MAX)
}

// ---- M4A ----

/// A box: where it begins, where its content does, and where both end.
struct Part {
    kind: [u8; 4],
    start: usize,
    content: usize,
    end: usize,
}

/// The boxes of a stretch of the file, which they have to fill.
fn parts(bytes: &[u8], from: usize, to: usize) -> Result<Vec<Part>, SoundError> {
    let mut out = Vec::new();
    let mut at = from;
    while at < to {
        let head = bytes.get(at..at + 8).filter(|_| at + 8 <= to).ok_or(SoundError::Damaged)?;
        let short = number(&head[..4]);
        let kind = [head[4], head[5], head[6], head[7]];
        let (content, len) = match short {
            0 => (at + 8, to - at),
            1 => {
                let long = bytes.get(at + 8..at + 16).ok_or(SoundError::Damaged)?;
                (at + 16, usize::try_from(number(long)).map_err(|_| SoundError::Damaged)?)
            }
            len => (at + 8, usize::try_from(len).map_err(|_| SoundError::Damaged)?),
        };
        let end = at.checked_add(len).filter(|end| *end >= content && *end <= to);
        let end = end.ok_or(SoundError::Damaged)?;
        out.push(Part { kind, start: at, content, end });
        at = end;
    }
    Ok(out)
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// What playing needs, by the box that it stands in; boxes of these that hold boxes are looked into.
const NEEDED: [(&[u8; 4], &[&[u8; 4]]); 7] = [
    (b"file", &[b"ftyp", b"moov", b"mdat"]),
    (b"moov", &[b"mvhd", b"trak"]),
    (b"trak", &[b"tkhd", b"edts", b"mdia"]),
    (b"mdia", &[b"mdhd", b"hdlr", b"minf"]),
    (b"minf", &[b"smhd", b"dinf", b"stbl"]),
    (b"dinf", &[b"dref"]),
    (b"stbl", &[b"stsd", b"stts", b"stsc", b"stsz", b"stco", b"co64", b"sgpd", b"sbgp"]),
];

fn bare_m4a(input: &[u8]) -> Result<(Vec<u8>, u32), SoundError> {
    let mut out = input.to_vec();
    let mut seconds = None;
    blank(&mut out, b"file", 0, input.len(), &mut seconds)?;
    Ok((out, seconds.ok_or(SoundError::Damaged)?))
}

/// Overwrites what playing does not need in the boxes of a stretch.
fn blank(
    bytes: &mut [u8],
    inside: &[u8; 4],
    from: usize,
    to: usize,
    seconds: &mut Option<u32>,
) -> Result<(), SoundError> {
    let of = |kind: &[u8; 4]| NEEDED.iter().find(|(one, _)| *one == kind).map(|(_, all)| *all);
    let needed = of(inside).unwrap_or_default();
    for part in parts(bytes, from, to)? {
        if matches!(&part.kind, b"moof" | b"mvex") {
            return Err(SoundError::InPieces);
        }
        if !needed.contains(&&part.kind) {
            bytes[part.start + 4..part.start + 8].copy_from_slice(b"free");
            bytes[part.content..part.end].fill(0);
            continue;
        }
        let content = part.content..part.end;
        match &part.kind {
            // When it was made, in seconds, twice: 4 bytes each, or 8 in version 1.
            b"mvhd" | b"tkhd" | b"mdhd" => {
                let is_long = bytes.get(part.content) == Some(&1);
                let times = part.content + 4..part.content + if is_long { 20 } else { 12 };
                bytes[content].get_mut(4..times.len() + 4).ok_or(SoundError::Damaged)?.fill(0);
                if &part.kind == b"mvhd" {
                    let width = if is_long { 8 } else { 4 };
                    let scale = bytes.get(times.end..times.end + 4).map(number);
                    let length = bytes.get(times.end + 4..times.end + 4 + width).map(number);
                    let (scale, length) = scale.zip(length).ok_or(SoundError::Damaged)?;
                    let scale = u32::try_from(scale).unwrap_or(u32::MAX);
                    *seconds = Some(whole_seconds(length, scale));
                }
            }
            // What the track is: 4 bytes of version, 4 that are zero, 4 that tell it, 12 that are zero, and a name.
            b"hdlr" => {
                let told = &mut bytes[content];
                if told.get(8..12) != Some(b"soun") {
                    return Err(SoundError::MoreThanSound);
                }
                told[12..].fill(0);
            }
            // Where the sound is: 8 bytes of version and count, then boxes. One that says by its first flag that it is in this
            // file needs no more; what else stands there is the path or address of another.
            b"dref" => {
                for entry in parts(bytes, part.content.saturating_add(8), part.end)? {
                    let (flags, rest) = bytes[entry.content..entry.end]
                        .split_at_mut_checked(4)
                        .ok_or(SoundError::Damaged)?;
                    if flags[3] & 1 == 0 {
                        return Err(SoundError::Damaged);
                    }
                    rest.fill(0);
                }
            }
            // The coding: 4 bytes of version, 4 that count, 4 that say how long its entry is, and its name.
            b"stsd" if bytes[part.content..part.end].get(12..16) != Some(b"mp4a") => {
                return Err(SoundError::Unknown);
            }
            kind if of(kind).is_some() => {
                blank(bytes, &part.kind, part.content, part.end, seconds)?;
            }
            _ => {}
        }
    }
    Ok(())
}

// ---- Ogg ----

/// The sound of Ogg files that browsers play, by how the first packet begins.
#[derive(Clone, Copy)]
enum Codec {
    Opus,
    Vorbis,
}

fn bare_ogg(input: &[u8]) -> Result<(Vec<u8>, u32, &'static str), SoundError> {
    let mut reader = PacketReader::new(Cursor::new(input));
    let mut out = Vec::with_capacity(input.len());
    let mut writer = PacketWriter::new(&mut out);
    let mut stream: Option<(u32, Codec, u32)> = None;
    let mut packets = 0_u64;
    let (mut skipped, mut last) = (0, 0);
    while let Some(packet) = reader.read_packet().map_err(|_| SoundError::Damaged)? {
        let (serial, codec, _) = match stream {
            None => {
                let le = |at: usize, len: usize| {
                    let bytes = packet.data.get(at..at + len);
                    bytes.map(|bytes| bytes.iter().rev().fold(0, |n, b| n << 8 | u32::from(*b)))
                };
                let (codec, rate_hz) = if packet.data.starts_with(b"OpusHead") {
                    skipped = u64::from(le(10, 2).ok_or(SoundError::Damaged)?);
                    (Codec::Opus, 48_000)
                } else if packet.data.starts_with(b"\x01vorbis") {
                    (Codec::Vorbis, le(12, 4).ok_or(SoundError::Damaged)?)
                } else {
                    return Err(SoundError::Unknown);
                };
                *stream.insert((packet.stream_serial(), codec, rate_hz))
            }
            Some(stream) => stream,
        };
        // A second stream is a picture, a text, or another recording behind the first.
        if packet.stream_serial() != serial {
            return Err(SoundError::MoreThanSound);
        }
        let is_comment = packets == 1;
        let end = match (packet.last_in_stream(), packet.last_in_page()) {
            (true, _) => PacketWriteEndInfo::EndStream,
            (_, true) => PacketWriteEndInfo::EndPage,
            _ => PacketWriteEndInfo::NormalPacket,
        };
        let position = packet.absgp_page();
        // No packet ends on a page whose position is all ones.
        if position != u64::MAX {
            last = last.max(position);
        }
        let data = match (is_comment, codec) {
            (true, Codec::Opus) if packet.data.starts_with(b"OpusTags") => {
                b"OpusTags\0\0\0\0\0\0\0\0".to_vec()
            }
            (true, Codec::Vorbis) if packet.data.starts_with(b"\x03vorbis") => {
                b"\x03vorbis\0\0\0\0\0\0\0\0\x01".to_vec()
            }
            (true, _) => return Err(SoundError::Damaged),
            (false, _) => packet.data,
        };
        packets += 1;
        writer.write_packet(data, serial, end, position).map_err(|_| SoundError::Damaged)?;
    }
    let Some((_, codec, rate_hz)) = stream.filter(|_| packets > 2) else {
        return Err(SoundError::Damaged);
    };
    drop(writer);
    let ending = match codec {
        Codec::Opus => "opus",
        Codec::Vorbis => "ogg",
    };
    Ok((out, whole_seconds(last.saturating_sub(skipped), rate_hz), ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"canary";

    fn holds_secret(bytes: &[u8]) -> bool {
        bytes.windows(SECRET.len()).any(|window| window == SECRET)
    }

    /// Frames of 128 kbit/s at 44.1 kHz without a sound.
    fn frames(count: usize) -> Vec<u8> {
        let mut one = vec![0xff, 0xfb, 0x90, 0x64];
        one.resize(417, 0);
        one.repeat(count)
    }

    fn id3(content: &[u8], flags: u8) -> Vec<u8> {
        let len = u8::try_from(content.len()).expect("a short tag");
        let mut tag = vec![b'I', b'D', b'3', 4, 0, flags, 0, 0, len >> 7, len & 0x7f];
        tag.extend_from_slice(content);
        if flags & 0x10 != 0 {
            tag.extend_from_slice(&[b'3', b'D', b'I', 4, 0, flags, 0, 0, len >> 7, len & 0x7f]);
        }
        tag
    }

    #[test]
    fn of_an_mp3_the_frames_are_left_and_nothing_else() {
        let tagged = [
            &id3(b"TIT2 canary", 0)[..],
            &id3(b"again canary", 0x10),
            &[0; 64],
            &frames(40),
            b"junk canary between",
            &frames(60),
            b"LYRICSBEGIN canary APETAGEX canary",
            b"TAG canary",
        ]
        .concat();
        let sound = bare_sound(&tagged).expect("a recording");
        assert!(sound.bytes == frames(100), "{}", sound.bytes.len());
        assert_eq!((sound.seconds, sound.media_type), (3, "audio/mpeg"));
        assert!(sound.name.ends_with(".mp3"), "{}", sound.name);
        let again = bare_sound(&sound.bytes).expect("a recording");
        assert_eq!(again.bytes, sound.bytes);
        assert_ne!(again.name, sound.name, "the name is that of what it was made from");
        // A frame that breaks off is left out.
        let short = bare_sound(&frames(10)[..417 * 10 - 5]).expect("a recording");
        assert_eq!(short.bytes, frames(9));
    }

    fn part(kind: &[u8; 4], content: &[&[u8]]) -> Vec<u8> {
        let content = content.concat();
        let len = u32::try_from(content.len() + 8).expect("a short box");
        [&len.to_be_bytes()[..], kind, &content].concat()
    }

    /// A file of one track, of `kind`, that knows when it was made and by whom.
    fn m4a(kind: &[u8; 4]) -> Vec<u8> {
        let times = [0xe1_u8; 8];
        let mvhd = part(
            b"mvhd",
            &[&[0; 4], &times, &1000_u32.to_be_bytes(), &61_500_u32.to_be_bytes(), &[0; 80]],
        );
        let hdlr = part(b"hdlr", &[&[0; 8], kind, &[0; 12], b"canary's recorder\0"]);
        let stbl = part(
            b"stbl",
            &[&part(b"stsd", &[&[0; 12], b"mp4a"]), &part(b"stco", &[&[0, 0, 0, 1]])],
        );
        let alias = part(b"alis", &[&[0, 0, 0, 1], b"/home/canary/voice.m4a"]);
        let dinf = part(b"dinf", &[&part(b"dref", &[&[0; 7], &[1], &alias])]);
        let minf = part(b"minf", &[&part(b"smhd", &[&[0; 8]]), &dinf, &stbl]);
        let mdia = part(b"mdia", &[&part(b"mdhd", &[&[0; 4], &times, &[0; 12]]), &hdlr, &minf]);
        let tkhd = part(b"tkhd", &[&[1, 0, 0, 7], &[0xe1; 16], &[0; 60]]);
        let trak = part(b"trak", &[&tkhd, &mdia, &part(b"udta", &[b"canary"])]);
        let place = part(b"udta", &[&part(b"\xa9xyz", &[b"+12.3-077.0 canary"])]);
        [
            part(b"ftyp", &[b"M4A \0\0\0\0"]),
            part(b"free", &[b"canary"]),
            part(b"moov", &[&mvhd, &trak, &place, &part(b"meta", &[b"canary"])]),
            part(b"mdat", &[b"the sound"]),
            part(b"uuid", &[b"canary"]),
        ]
        .concat()
    }

    #[test]
    fn of_an_m4a_what_playing_needs_stays_where_it_is() {
        let tagged = m4a(b"soun");
        let sound = bare_sound(&tagged).expect("a recording");
        assert_eq!((sound.seconds, sound.media_type), (62, "audio/mp4"));
        assert_eq!(sound.bytes.len(), tagged.len());
        assert!(!holds_secret(&sound.bytes) && !sound.bytes.contains(&0xe1), "no name, no time");
        let at = |bytes: &[u8], word: &[u8]| bytes.windows(word.len()).position(|w| w == word);
        for kept in [&b"ftyp"[..], b"mvhd", b"tkhd", b"soun", b"stsd", b"stco", b"the sound"] {
            assert_eq!(at(&sound.bytes, kept), at(&tagged, kept), "{}", kept.escape_ascii());
            assert!(at(&sound.bytes, kept).is_some());
        }
        for gone in [&b"udta"[..], b"meta", b"uuid", b"\xa9xyz"] {
            assert_eq!(at(&sound.bytes, gone), None, "{}", gone.escape_ascii());
        }
        assert_eq!(bare_sound(&sound.bytes).expect("a recording").bytes, sound.bytes);
    }

    #[test]
    fn what_cannot_be_rid_of_its_metadata_is_refused() {
        let in_pieces = [part(b"ftyp", &[b"M4A "]), part(b"moof", &[])].concat();
        let table: [(Vec<u8>, SoundError); 9] = [
            (Vec::new(), SoundError::Unknown),
            (b"RIFF\0\0\0\0WAVEfmt ".to_vec(), SoundError::Unknown),
            (id3(b"no sound follows", 0), SoundError::Unknown),
            (frames(2), SoundError::Damaged),
            (m4a(b"vide"), SoundError::MoreThanSound),
            (in_pieces, SoundError::InPieces),
            (m4a(b"soun")[..200].to_vec(), SoundError::Damaged),
            (part(b"ftyp", &[b"M4A "]), SoundError::Damaged),
            (b"OggS\0\0".to_vec(), SoundError::Damaged),
        ];
        for (bytes, expected) in table {
            assert_eq!(bare_sound(&bytes).map(|sound| sound.name), Err(expected), "{bytes:?}");
        }
        let large = vec![0; usize::try_from(MAX_SOUND_BYTES).expect("a size") + 1];
        assert_eq!(bare_sound(&large), Err(SoundError::TooLarge));
    }

    fn ogg(packets: &[&[u8]], last: u64) -> Vec<u8> {
        let mut out = Vec::new();
        let mut writer = PacketWriter::new(&mut out);
        for (at, packet) in packets.iter().enumerate() {
            let is_last = at + 1 == packets.len();
            let end =
                if is_last { PacketWriteEndInfo::EndStream } else { PacketWriteEndInfo::EndPage };
            let position = if is_last { last } else { 0 };
            writer.write_packet(packet.to_vec(), 7, end, position).expect("written");
        }
        drop(writer);
        out
    }

    #[test]
    fn of_an_ogg_every_packet_stays_but_the_comments() {
        let opus: [&[u8]; 4] = [
            b"OpusHead\x01\x01\x38\x01\x80\xbb\0\0\0\0\0",
            b"OpusTags\x06\0\0\0canary\x01\0\0\0\x0d\0\0\0ARTIST=canary and more canary",
            b"sound one",
            b"sound two",
        ];
        let tagged = ogg(&opus, 48_000 * 90 + 312);
        assert!(holds_secret(&tagged));
        let sound = bare_sound(&tagged).expect("a recording");
        assert!(!holds_secret(&sound.bytes) && sound.name.ends_with(".opus"));
        assert_eq!((sound.seconds, sound.media_type), (90, "audio/ogg"));
        let bare =
            ogg(&[opus[0], b"OpusTags\0\0\0\0\0\0\0\0", opus[2], opus[3]], 48_000 * 90 + 312);
        assert!(sound.bytes == bare);
        let vorbis: [&[u8]; 4] = [
            b"\x01vorbis\0\0\0\0\x01\x44\xac\0\0\0\0\0\0",
            b"\x03vorbis\x06\0\0\0canary\0\0\0\0\x01",
            b"\x05vorbis setup",
            b"sound",
        ];
        let sound = bare_sound(&ogg(&vorbis, 44_100 * 5)).expect("a recording");
        assert!(!holds_secret(&sound.bytes) && sound.name.ends_with(".ogg"));
        assert_eq!(sound.seconds, 5);
        // Another codec, and no comments where they should be.
        assert_eq!(bare_sound(&ogg(&[b"\x7fFLAC", b"x", b"y"], 1)), Err(SoundError::Unknown));
        assert_eq!(bare_sound(&ogg(&[opus[0], b"x", b"y"], 1)), Err(SoundError::Damaged));
    }
}
