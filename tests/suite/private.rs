//! What may not be on the site is in none of its bytes: what cameras write beside a picture, the
//! names of files, and whatever the maker hides.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::support::{self, House};

/// A shop with one product and its maker, to which others are added.
fn shop() -> House {
    let house = House::new();
    house.write(
        "shop/site.toml",
        "name = \"Shop\"\nkind = \"association\"\nbase_url = \"https://shop.example/\"\n\
         currency = \"EUR\"\nlanguages = [\"en\", \"es\"]\n[order]\nemail = \"shop@shop.example\"\n",
    );
    house
}

/// A photograph in which every place differs, told apart by its number.
fn photo(number: usize) -> Vec<u8> {
    let (width, height) = (900_usize, 600_usize);
    let rgb: Vec<u8> = (0..width * height)
        .flat_map(|at| {
            let (x, y) = (at % width, at / width);
            let field = (x / 45 * (7 + number) + y / 50 * (11 + 3 * number)) % 13;
            [(field * 19) as u8, (255 - field * 11) as u8, (x * 255 / width) as u8]
        })
        .collect();
    let mut bytes = Vec::new();
    jpeg_encoder::Encoder::new(&mut bytes, 90)
        .encode(&rgb, width as u16, height as u16, jpeg_encoder::ColorType::Rgb)
        .expect("a JPEG");
    bytes
}

/// Everything that a build leaves: the output, and what is kept for the next build.
fn remains(house: &House) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for folder in ["shop/public", "shop/.selvedge"] {
        if house.path(folder).is_dir() {
            let found = house.files(folder);
            all.extend(
                found.into_iter().map(|(path, bytes)| (Path::new(folder).join(path), bytes)),
            );
        }
    }
    all
}

fn holds(bytes: &[u8], words: &str) -> bool {
    let (bytes, words) = (bytes.to_ascii_lowercase(), words.to_ascii_lowercase());
    bytes.windows(words.len()).any(|window| window == words.as_bytes())
}

#[track_caller]
fn assert_absent(all: &BTreeMap<PathBuf, Vec<u8>>, words: &[&str]) {
    for (path, bytes) in all {
        for word in words {
            assert!(!holds(bytes, word), "\"{word}\" in {}", path.display());
            let name = path.to_string_lossy().to_lowercase();
            assert!(!name.contains(&word.to_lowercase()), "\"{word}\" in the name {name}");
        }
    }
}

#[track_caller]
fn assert_present(all: &BTreeMap<PathBuf, Vec<u8>>, words: &[&str]) {
    for word in words {
        assert!(all.values().any(|bytes| holds(bytes, word)), "\"{word}\" is nowhere");
    }
}

#[track_caller]
fn build(house: &House, at: &str) -> String {
    house.expect(0, &["build", "shop", "--at", at])
}

const AT: &str = "2026-11-02T03:04:05Z";

// --- what cameras and programs write beside a picture ---

/// The parts of a picture file by name, each checked to be one that the pixels need; a colour
/// profile in the masters of records, which has no text of its own.
#[track_caller]
fn assert_bare(path: &Path, bytes: &[u8]) {
    let name = path.display();
    let at = |from: usize, len: usize| &bytes[from..from + len];
    let u32_be = |from: usize| u32::from_be_bytes(at(from, 4).try_into().unwrap()) as usize;
    let u32_le = |from: usize| u32::from_le_bytes(at(from, 4).try_into().unwrap()) as usize;
    match bytes {
        [0xff, 0xd8, ..] => {
            let mut from = 2;
            loop {
                assert_eq!(bytes[from], 0xff, "{name}: a marker at {from}");
                let marker = bytes[from + 1];
                if marker == 0xd9 {
                    assert_eq!(from + 2, bytes.len(), "{name}: bytes after the picture");
                    break;
                }
                let len = usize::from(u16::from_be_bytes(at(from + 2, 2).try_into().unwrap()));
                let content = at(from + 4, len - 2);
                let is_needed = match marker {
                    0xe0 => content.starts_with(b"JFIF\0") && content.len() == 14,
                    0xe2 => content.starts_with(b"ICC_PROFILE\0"),
                    0xee => content.starts_with(b"Adobe"),
                    0xc0..=0xc2 | 0xc4 | 0xda | 0xdb | 0xdd => true,
                    _ => false,
                };
                assert!(is_needed, "{name}: a segment {marker:02x}");
                from += 2 + len;
                if marker == 0xda {
                    while bytes[from] != 0xff || matches!(bytes[from + 1], 0 | 0xd0..=0xd7) {
                        from += 1;
                    }
                }
            }
        }
        [0x89, b'P', b'N', b'G', ..] => {
            let mut from = 8;
            while from < bytes.len() {
                let kind = at(from + 4, 4);
                let needed: [&[u8]; 9] = [
                    b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"iCCP", b"sRGB", b"gAMA", b"cHRM",
                ];
                assert!(
                    needed.contains(&kind),
                    "{name}: a chunk {}",
                    String::from_utf8_lossy(kind)
                );
                from += 12 + u32_be(from);
                assert!(kind != b"IEND" || from == bytes.len(), "{name}: bytes after the picture");
            }
        }
        [b'R', b'I', b'F', b'F', ..] => {
            assert_eq!(u32_le(4) + 8, bytes.len(), "{name}: bytes after the picture");
            let mut from = 12;
            while from < bytes.len() {
                let kind = at(from, 4);
                let needed: [&[u8]; 5] = [b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP"];
                assert!(
                    needed.contains(&kind),
                    "{name}: a chunk {}",
                    String::from_utf8_lossy(kind)
                );
                let len = u32_le(from + 4);
                from += 8 + len + len % 2;
            }
        }
        _ => panic!("{name} is no picture"),
    }
}

/// A photograph with everything beside the pixels that programs write: a small picture within
/// EXIF, a place, XMP in one part and in several, IPTC, a comment, and a second file behind it.
fn laden_jpeg() -> Vec<u8> {
    let plain = photo(1);
    let segment = |marker: u8, content: &[u8]| {
        let mut bytes = vec![0xff, marker];
        bytes.extend(u16::try_from(content.len() + 2).unwrap().to_be_bytes());
        bytes.extend(content);
        bytes
    };
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01".to_vec();
    exif.extend([0x01, 0x0f, 0, 2, 0, 0, 0, 12, 0, 0, 0, 26, 0, 0, 0, 38]);
    exif.extend(b"CANARY-MAKE\0");
    exif.extend([0; 10]);
    exif.extend(b"CANARY-THUMBNAIL");
    let mut out = vec![0xff, 0xd8];
    out.extend(segment(0xe0, b"JFIF\0\x01\x02\0\0\x48\0\x48\x01\x01CAN"));
    out.extend(segment(0xe1, &exif));
    out.extend(segment(
        0xe1,
        b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>CANARY-XMP GPSLatitude</x:xmpmeta>",
    ));
    let mut extended = b"http://ns.adobe.com/xmp/extension/\0".to_vec();
    extended.extend(b"0123456789ABCDEF0123456789ABCDEF\0\0\0\x13\0\0\0\0CANARY-XMP-EXTENDED");
    out.extend(segment(0xe1, &extended));
    out.extend(segment(0xe2, b"MPF\0CANARY-MPF"));
    out.extend(segment(0xed, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0fCANARY-IPTC-CITY"));
    out.extend(segment(0xef, b"CANARY-APP15"));
    out.extend(segment(0xfe, b"CANARY-COMMENT"));
    // The picture itself, without its own first marker.
    out.extend(&plain[2..]);
    out.extend(b"CANARY-TRAILER");
    out.extend(photo(2));
    out
}

fn laden_png() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 900, 400);
    encoder.set_color(png::ColorType::Rgb);
    encoder.add_text_chunk("Author".into(), "CANARY-TEXT".into()).unwrap();
    encoder.add_itxt_chunk("XML:com.adobe.xmp".into(), "CANARY-ITXT".into()).unwrap();
    let mut writer = encoder.write_header().unwrap();
    writer.write_chunk(png::chunk::eXIf, b"MM\0*CANARY-EXIF").unwrap();
    writer.write_chunk(png::chunk::tIME, &[7, 234, 11, 2, 3, 4, 5]).unwrap();
    writer.write_chunk(png::chunk::ChunkType(*b"prVt"), b"CANARY-PRIVATE").unwrap();
    let rgb: Vec<u8> = (0..900 * 400 * 3).map(|at| (at / 40 % 251) as u8).collect();
    writer.write_image_data(&rgb).unwrap();
    writer.finish().unwrap();
    bytes.extend(b"CANARY-TRAILER");
    bytes
}

fn laden_webp() -> Vec<u8> {
    let rgb: Vec<u8> = (0..900 * 400 * 3).map(|at| (at / 40 % 249) as u8).collect();
    let mut plain = Vec::new();
    image_webp::WebPEncoder::new(&mut plain)
        .encode(&rgb, 900, 400, image_webp::ColorType::Rgb8)
        .unwrap();
    let mut chunks = b"VP8X\x0a\0\0\0\x0c\0\0\0".to_vec();
    chunks.extend([0x83, 3, 0, 0x8f, 1, 0]);
    chunks.extend(&plain[12..]);
    for (kind, content) in [
        (b"EXIF", &b"MM\0*CANARY-EXIF-"[..]),
        (b"XMP ", b"CANARY-XMP"),
        (b"prvt", b"CANARY-UNKNOWN"),
    ] {
        chunks.extend(kind);
        chunks.extend(u32::try_from(content.len()).unwrap().to_le_bytes());
        chunks.extend(content);
        chunks.extend(vec![0; content.len() % 2]);
    }
    let mut out = b"RIFF".to_vec();
    out.extend(u32::try_from(chunks.len() + 4).unwrap().to_le_bytes());
    out.extend(b"WEBP");
    out.extend(chunks);
    out.extend(b"CANARY-TRAILER");
    out
}

#[test]
fn published_pictures_hold_nothing_but_the_picture() {
    let house = House::new();
    house.expect(0, &["new", "shop", "--yes"]);
    house.sign(&["keys", "new", "shop", "--sheets", "sheets", "--at", AT]);
    let hostile = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile/image/own");
    let mut pictures = vec![
        ("Maria at 12 Canary Lane.jpg".to_owned(), laden_jpeg()),
        ("IMG_20261102_canary.png".to_owned(), laden_png()),
        ("canary-village.webp".to_owned(), laden_webp()),
    ];
    let leaks = fs::read_to_string(hostile.join("../leaks.jsonl")).unwrap();
    let mut words: Vec<String> =
        ["canary", "GPSLatitude", "Photoshop", "8BIM", "Maria at 12"].map(str::to_owned).to_vec();
    for line in leaks.lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let file = case["file"].as_str().unwrap().trim_start_matches("own/").to_owned();
        let forbidden = case["output_must_not_contain"].as_array().unwrap();
        words.extend(forbidden.iter().filter_map(|word| word.as_str()).map(str::to_owned));
        let bytes = fs::read(hostile.join(&file)).unwrap();
        pictures.push((file, bytes));
    }
    for (number, (name, bytes)) in pictures.iter().enumerate() {
        let product = format!("shop/products/case-{number}");
        house
            .write(&format!("{product}/index.md"), "+++\nname = \"Case\"\nprice = \"1.00\"\n+++\n");
        house.write(&format!("{product}/{name}"), bytes);
        // The masters of a record keep the pixels as they are, so they are another way out.
        house.write(&format!("shop/designs/grey-check/{name}"), bytes);
    }
    let design = house.text("shop/designs/grey-check/index.md");
    let design: Vec<&str> = design.lines().filter(|line| !line.starts_with("photo")).collect();
    house.write("shop/designs/grey-check/index.md", design.join("\n"));
    house.sign(&["record", "new", "grey-check", "shop", "--practice", "--yes", "--at", AT]);
    build(&house, AT);
    house.expect(0, &["build", "shop", "-o", "shop/public-offline", "--offline", "--at", AT]);

    let mut all = remains(&house);
    all.extend(house.files("shop/public-offline"));
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    // Every case is there, so that what is absent was taken out.
    let (mut seen, mut masters) = (0, 0);
    for (path, bytes) in &all {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        let is_cached = path.starts_with("shop/.selvedge");
        if ["jpg", "png", "webp"].contains(&ending) {
            // A file of the cache ends with its digest.
            let end = bytes.len() - if is_cached { 32 } else { 0 };
            assert_bare(path, &bytes[..end]);
            seen += 1;
            masters += usize::from(path.starts_with("shop/public/records"));
        }
    }
    assert!(seen > 2 * 4 * pictures.len(), "{seen} pictures");
    // Some of them are the same picture once it is bare.
    assert!(masters > 5, "{masters} masters");
    assert_absent(&all, &words);
}

// --- what phones and programs write beside a sound ---

/// A voice message with a name in its comments.
fn laden_opus() -> Vec<u8> {
    use ogg::PacketWriteEndInfo::{EndPage, EndStream};
    let mut out = Vec::new();
    let mut writer = ogg::PacketWriter::new(&mut out);
    let comments = b"OpusTags\x06\0\0\0CANARY\x01\0\0\0\x16\0\0\0ARTIST=CANARY's village".to_vec();
    for (packet, end, position) in [
        (b"OpusHead\x01\x01\x38\x01\x80\xbb\0\0\0\0\0".to_vec(), EndPage, 0),
        (comments, EndPage, 0),
        (vec![0xfc, 1, 2, 3], EndPage, 960),
        (vec![0xfc, 4, 5, 6], EndStream, 48_000),
    ] {
        writer.write_packet(packet, 7, end, position).unwrap();
    }
    drop(writer);
    out
}

/// A recording of a phone, which knows the place.
fn laden_m4a() -> Vec<u8> {
    let part = |kind: &[u8; 4], content: Vec<u8>| -> Vec<u8> {
        let len = u32::try_from(content.len() + 8).unwrap();
        [&len.to_be_bytes()[..], kind, &content].concat()
    };
    let mut mvhd = vec![0; 12];
    mvhd.extend(1000_u32.to_be_bytes());
    mvhd.extend(5000_u32.to_be_bytes());
    mvhd.extend([0; 80]);
    let handler = [&[0; 8][..], b"soun", &[0; 12], b"CANARY-HANDLER\0"].concat();
    let media = [
        part(b"mdhd", vec![0; 24]),
        part(b"hdlr", handler),
        part(b"minf", part(b"stbl", part(b"stsd", [&[0; 12][..], b"mp4a"].concat()))),
    ];
    let track = part(b"trak", [part(b"tkhd", vec![0; 84]), part(b"mdia", media.concat())].concat());
    let place = part(b"udta", part(b"\xa9xyz", b"+12.0464-077.0428/ CANARY-PLACE".to_vec()));
    [
        part(b"ftyp", b"M4A \0\0\0\0M4A ".to_vec()),
        part(b"moov", [part(b"mvhd", mvhd), track, place].concat()),
        part(b"mdat", b"nothing but sound".to_vec()),
        part(b"uuid", b"CANARY-XMP".to_vec()),
    ]
    .concat()
}

#[test]
fn published_recordings_hold_nothing_but_the_sound() {
    let house = shop();
    let thing = |name: &str, file: &str, more: &str| {
        format!("+++\nname = \"{name}\"\naudio = \"{file}\"\n{more}+++\nIts story.\n")
    };
    house.write(
        "shop/products/shawl/index.md",
        thing("Shawl", "CANARY by Rosa.mp3", "price = \"4\"\n"),
    );
    house.write("shop/products/shawl/CANARY by Rosa.mp3", support::mp3(1, "CANARY-TITLE"));
    house.write("shop/designs/wave/index.md", thing("Wave", "canary.m4a", ""));
    house.write("shop/designs/wave/canary.m4a", laden_m4a());
    house.write("shop/producers/ana.md", thing("Ana", "canary.opus", ""));
    house.write("shop/producers/canary.opus", laden_opus());
    house.write("shop/products/belt/index.md", thing("Belt", "belt.mp3", "price = \"3\"\n"));
    house.write("shop/products/belt/belt.mp3", support::mp3(77, "CANARY-BELT"));
    build(&house, AT);
    house.expect(0, &["build", "shop", "-o", "shop/public-offline", "--offline", "--at", AT]);
    let mut all = remains(&house);
    all.extend(house.files("shop/public-offline"));
    assert_absent(&all, &["canary", "Rosa", "12.0464"]);
    let sounds = |all: &BTreeMap<PathBuf, Vec<u8>>| {
        let names = all.keys().filter(|path| path.starts_with("shop/public/sounds"));
        let mut endings: Vec<String> =
            names.map(|path| path.extension().unwrap().to_string_lossy().into_owned()).collect();
        endings.sort();
        endings
    };
    assert_eq!(sounds(&all), ["m4a", "mp3", "mp3", "opus"]);
    assert_present(&all, &["nothing but sound"]);
    // What is hidden is not heard at the next build.
    let belt = house.text("shop/products/belt/index.md");
    house.write("shop/products/belt/index.md", belt.replacen("+++\n", "+++\nhide = true\n", 1));
    let ana = house.text("shop/producers/ana.md");
    house.write("shop/producers/ana.md", ana.replacen("+++\n", "+++\nhide = [\"photo\"]\n", 1));
    build(&house, AT);
    let all = remains(&house);
    assert_eq!(sounds(&all), ["m4a", "mp3"]);
    assert!(!all.values().any(|bytes| bytes.windows(200).any(|w| w.iter().all(|b| *b == 77))));
}

#[test]
fn a_recording_from_which_names_cannot_be_taken_stops_the_build() {
    let house = shop();
    house.write(
        "shop/products/shawl/index.md",
        "+++\nname = \"Shawl\"\nprice = \"4\"\naudio = \"a.mp3\"\n+++\nIts story.\n",
    );
    for (bytes, said) in [
        (b"RIFF\0\0\0\0WAVEfmt ".to_vec(), "this is no recording in MP3, M4A, OGG or OPUS"),
        (vec![0; (10 << 20) + 1], "this recording is larger than 10 megabytes"),
    ] {
        house.write("shop/products/shawl/a.mp3", bytes);
        let told = house.expect(1, &["build", "shop", "--at", AT]);
        assert!(told.contains("bad-sound") && told.contains(said), "{told}");
        assert!(!house.path("shop/public").exists());
    }
    // In a member's folder, which is a stranger's, nothing of it stops the site.
    house.write("shop/members.toml", "[[member]]\nfolder = \"members/ana\"\n");
    house.write("shop/products/shawl/a.mp3", support::mp3(1, "x"));
    house.write(
        "shop/members/ana/site.toml",
        "name = \"Ana\"\ncurrency = \"EUR\"\n[maker]\nname = \"Ana\"\n",
    );
    house.write(
        "shop/members/ana/products/cup.md",
        "+++\nname = \"Cup\"\nprice = \"4\"\naudio = \"a.mp3\"\n+++\nIts story.\n",
    );
    house.write("shop/members/ana/products/a.mp3", "no sound");
    let told = house.expect(0, &["build", "shop", "--at", AT]);
    assert!(told.contains("warning[bad-sound]"), "{told}");
    assert!(house.path("shop/public/products/ana-cup/index.html").exists());
}

// --- what the maker hides ---

/// A shop in which one woman, one photograph and one product are to be taken off.
fn village() -> House {
    let house = shop();
    house.write(
        "shop/producers/rosa-canaria.md",
        "+++\nname = \"Rosa Canaria\"\ndescription = \"Rosa Canaria weaves.\"\n\
         photo = \"rosa.jpg\"\nphoto_alt = \"Rosa at her loom\"\nemail = \"rosa@shop.example\"\n+++\n\n\
         Rosa Canaria learned from her mother.\n",
    );
    house.write("shop/producers/rosa.jpg", photo(3));
    house.write(
        "shop/producers/tomas.md",
        "+++\nname = \"Tomas\"\n+++\n\nHe learned from **Rosa** *Canaria*.\n",
    );
    house.write("shop/producers/tomas.es.md", "+++\n+++\n\nAprendió de ROSA CANARIA.\n");
    house.write(
        "shop/products/shawl/index.md",
        "+++\nname = \"Shawl\"\nprice = \"40.00\"\nmade_by = \"rosa-canaria\"\ndesign = \"steps\"\n\
         photos = [{ file = \"river.jpg\", alt = \"a shawl by the riverbank\" }, { file = \"loom.jpg\", alt = \"on the loom\" }]\n+++\n\nA shawl.\n",
    );
    house.write("shop/products/shawl/river.jpg", photo(4));
    house.write("shop/products/shawl/loom.jpg", photo(5));
    house.write(
        "shop/products/belt/index.md",
        "+++\nname = \"Belt\"\nprice = \"20.00\"\nmade_by = [\"tomas\", \"Rosa Canaria\"]\n\
         photos = [{ file = \"belt.jpg\", alt = \"a belt\" }, { file = \"same.jpg\", alt = \"the bank of the river\" }]\n\
         related = [\"mask\"]\n+++\n\nAfter a shawl of Rosa Canaria's.\n\n![The river](../shawl/river.jpg)\n",
    );
    house.write("shop/products/belt/belt.jpg", photo(6));
    // The same picture once more, under another name.
    house.write("shop/products/belt/same.jpg", photo(4));
    house.write(
        "shop/products/mask/index.md",
        "+++\nname = \"Mask of the heron\"\nprice = \"90.00\"\nmade_by = \"tomas\"\nsku = \"HERON-1\"\n+++\n\nWorn in winter.\n",
    );
    house.write("shop/products/mask/mask.jpg", photo(7));
    house.write(
        "shop/designs/steps/index.md",
        "+++\nname = \"Steps\"\ndesigned_by = \"Rosa Canaria\"\nholder = \"the family of rosa canaria\"\n+++\n\nSteps.\n",
    );
    house.write(
        "shop/collections/all.md",
        "+++\nname = \"All\"\nphoto = \"products/shawl/river.jpg\"\nphoto_alt = \"the river\"\nproducts = [\"mask\", \"belt\"]\n+++\n",
    );
    house.write("shop/pages/about.md", "+++\nname = \"About\"\n+++\n\nRosa Canaria and Tomas.\n");
    house
}

/// The names under which a photograph is published, by building a shop that has only it.
fn names_of(number: usize) -> Vec<String> {
    let house = shop();
    house.write("shop/products/one/index.md", "+++\nname = \"One\"\nprice = \"1.00\"\n+++\n");
    house.write("shop/products/one/one.jpg", photo(number));
    build(&house, AT);
    let mut names: Vec<String> = house
        .files("shop/public/photos")
        .into_keys()
        .map(|path| path.to_string_lossy().into_owned())
        // Made of the first photograph of a thing only.
        .filter(|name| !name.ends_with("-card.jpg"))
        .collect();
    // What is told of it without its pixels, and of all that is made of it.
    names.push(names[0].split('-').next().unwrap().to_owned());
    names
}

fn hide_in(house: &House, file: &str, from: &str, to: &str) {
    let text = house.text(file);
    assert!(text.contains(from), "{from} in {file}");
    house.write(file, text.replacen(from, to, 1));
}

#[test]
fn what_is_hidden_is_in_no_byte_of_the_next_build() {
    let house = village();
    build(&house, AT);
    let river = names_of(4);
    let face = names_of(3);
    let mask = names_of(7);
    let names: Vec<&str> =
        [&river, &face, &mask].into_iter().flatten().map(String::as_str).collect();
    let words = ["rosa", "canaria", "riverbank", "bank of the river", "heron", "HERON-1"];
    let before = remains(&house);
    assert_present(&before, &words);
    for name in &names {
        let is_there = before.keys().any(|path| path.to_string_lossy().contains(name));
        assert!(is_there, "{name} was built");
    }

    hide_in(&house, "shop/producers/rosa-canaria.md", "+++\n", "+++\nhide = true\n");
    hide_in(&house, "shop/products/shawl/index.md", "riverbank\" }", "riverbank\", hide = true }");
    hide_in(&house, "shop/products/mask/index.md", "+++\n", "+++\nhide = true\n");
    let said = build(&house, AT);
    assert!(said.contains("hidden-name"), "{said}");
    assert!(said.contains("the same photograph as products/shawl/river.jpg"), "{said}");
    let after = remains(&house);
    assert_absent(&after, &words);
    assert_absent(&after, &names);
    let belt = house.text("shop/public/products/belt/index.html");
    assert!(belt.contains("After a shawl of …") && belt.contains("Tomas"), "the rest is there");
    assert_present(&after, &["on the loom", "learned from"]);
    house.expect(0, &["build", "shop", "-o", "shop/public-offline", "--offline", "--at", AT]);
    assert_absent(&house.files("shop/public-offline"), &words);
}

#[test]
fn a_name_may_be_hidden_and_the_person_stay() {
    let house = village();
    hide_in(
        &house,
        "shop/producers/rosa-canaria.md",
        "+++\n",
        "+++\nhide = [\"name\", \"photo\"]\ncalled = { en = \"our aunt\", es = \"nuestra tía\" }\n\
         also_named = [\"Rosa\"]\n",
    );
    // Her own address names her too; nothing can be taken out of it.
    let said = build(&house, AT);
    assert!(said.contains("still-shown"), "{said}");
    hide_in(&house, "shop/producers/rosa-canaria.md", "rosa@shop", "aunt@shop");
    // Her bank knows her by her name, so nothing can be paid there without showing it.
    let site = house.text("shop/site.toml");
    let way = |holder: &str| {
        format!(
            "[[order.pay]]\nkind = \"sepa\"\niban = \"DE75512108001245126199\"\nholder = \"{holder}\"\n"
        )
    };
    house.write(
        "shop/site.toml",
        format!("{site}\n{}{}", way("Rosa Canaria"), way("Tomas of the hill")),
    );
    let said = build(&house, AT);
    assert!(said.contains("this way to pay holds a name that is hidden"), "{said}");
    let order = house.text("shop/public/order/index.html");
    assert!(order.contains("Tomas of the hill") && !order.contains("\"holder\":\"our aunt"));
    let all = remains(&house);
    assert_absent(&all, &["rosa", "canaria"]);
    assert_absent(&all, &names_of(3).iter().map(String::as_str).collect::<Vec<_>>());
    let maker = house.text("shop/public/makers/our-aunt/index.html");
    assert!(maker.contains("our aunt weaves.") && maker.contains("aunt@shop.example"), "{maker}");
    assert!(
        house.text("shop/public/es/makers/tomas/index.html").contains("Aprendió de nuestra tía.")
    );
    let shawl = house.text("shop/public/products/shawl/index.html");
    assert!(shawl.contains("our aunt"), "her products stay hers");
    let belt = house.text("shop/public/products/belt/index.html");
    assert!(belt.contains("our aunt") && belt.contains("Tomas"), "{belt}");
}

#[test]
fn a_name_of_somebody_who_makes_nothing_is_hidden_too() {
    let house = village();
    fs::remove_file(house.path("shop/producers/rosa-canaria.md")).unwrap();
    for file in ["shop/products/shawl/index.md", "shop/products/belt/index.md"] {
        let text = house.text(file);
        let text: Vec<&str> = text.lines().filter(|line| !line.starts_with("made_by")).collect();
        house.write(file, text.join("\n"));
    }
    let site = house.text("shop/site.toml");
    house.write(
        "shop/site.toml",
        format!("{site}\n[[hidden_names]]\nname = \"Rosa Canaria\"\ncalled = \"a neighbour\"\nuntil = 2027-03-01\n"),
    );
    build(&house, AT);
    assert_absent(&remains(&house), &["rosa canaria", "canaria"]);
    assert!(house.text("shop/public/about/index.html").contains("a neighbour and Tomas"));
    build(&house, "2027-03-01T00:00:00Z");
    assert!(house.text("shop/public/about/index.html").contains("Rosa Canaria and Tomas"));
    // An address cannot be changed behind the maker's back.
    house.write(
        "shop/products/rosa-canaria-shawl.md",
        "+++\nname = \"Shawl\"\nprice = \"1.00\"\n+++\n",
    );
    let said = house.expect(1, &["build", "shop", "--at", AT]);
    assert!(said.contains("still-shown") && said.contains("rename the file"), "{said}");
}

#[test]
fn things_come_and_go_on_their_days_and_nothing_tells_of_them() {
    let house = village();
    let mask = house.text("shop/products/mask/index.md");
    house.write(
        "shop/products/mask/index.md",
        mask.replacen("+++\n\n", "[protocol]\nseason = [\"12-01 to 02-28\"]\n+++\n\n", 1),
    );
    let rosa = house.text("shop/producers/rosa-canaria.md");
    house.write(
        "shop/producers/rosa-canaria.md",
        rosa.replacen("+++\n\n", "[protocol]\nmourning_until = 2027-01-10\n+++\n\n", 1)
            .replacen("+++\n", "+++\ncalled = \"our aunt\"\nalso_named = [\"Rosa\"]\n", 1)
            .replace("rosa@shop", "aunt@shop"),
    );
    let mask = names_of(7);
    let mask: Vec<&str> = mask.iter().map(String::as_str).chain(["heron"]).collect();
    let face = names_of(3);
    let face: Vec<&str> = face.iter().map(String::as_str).chain(["rosa", "canaria"]).collect();
    // A script of the theme says `location.protocol`, so the field is sought as it is written.
    let protocol = ["[protocol]", "mourning_until", "2026-12-01", "2027-01-10", "season"];

    let said = build(&house, "2026-11-30T23:59:59Z");
    assert!(said.contains("the product \"mask\" is not shown before 2026-12-01"), "{said}");
    assert!(said.contains("are not shown before 2027-01-10"), "{said}");
    let all = remains(&house);
    assert_absent(&all, &mask);
    assert_absent(&all, &face);
    assert_absent(&all, &protocol);

    let said = build(&house, "2026-12-01T00:00:00Z");
    assert!(said.contains("name and photograph of the maker"), "{said}");
    let all = remains(&house);
    assert_present(&all, &["heron"]);
    assert_absent(&all, &face);

    let said = build(&house, "2027-01-10T00:00:00Z");
    assert!(said.contains("the product \"mask\" is not shown any more from 2027-03-01"), "{said}");
    let all = remains(&house);
    assert_present(&all, &["heron", "rosa canaria"]);

    build(&house, "2027-03-01T00:00:00Z");
    let all = remains(&house);
    assert_absent(&all, &mask);
    assert_present(&all, &["rosa canaria"]);

    // Commands that ask for no day show less, never more.
    let said = house.expect(0, &["check", "shop", "--at", "2026-12-01T00:00:00Z"]);
    assert!(said.contains("comes-and-goes"), "{said}");
}

#[test]
fn a_rule_that_cannot_be_read_hides() {
    for rule in ["season = [\"winter\"]", "shown_from = \"soon\"", "season = []"] {
        let house = village();
        let mask = house.text("shop/products/mask/index.md");
        house.write(
            "shop/products/mask/index.md",
            mask.replacen("+++\n\n", &format!("[protocol]\n{rule}\n+++\n\n"), 1),
        );
        house.run("keys", &["build", "shop", "--skip-broken", "--at", AT], "");
        assert_absent(&remains(&house), &["heron"]);
    }
}

#[test]
fn what_may_be_meant_to_hide_is_not_shown() {
    for rule in [
        "hiden = true",
        "Hide = true",
        "audiance = \"trade\"",
        "shown_until = 2020-01-01",
        "[Protocol]\nshown_until = 2020-01-01",
        "[protcol]\nshown_until = 2020-01-01",
        "[protocol]\nshown_form = 2040-01-01",
        "[nutrition]\nhide = true",
        "hide_photos = [\"Mask.JPG\"]",
        "photos = [{ file = \"mask.jpg\", hiden = true }]",
    ] {
        let house = village();
        let mask = house.text("shop/products/mask/index.md");
        house.write(
            "shop/products/mask/index.md",
            mask.replacen("+++\n\n", &format!("{rule}\n+++\n\n"), 1),
        );
        let said = house.expect(1, &["build", "shop", "--at", AT]);
        assert!(said.contains("error[doubtful-hiding]"), "{rule}: {said}");
        assert!(!house.path("shop/public").exists(), "{rule}");
        house.run("keys", &["build", "shop", "--skip-broken", "--at", AT], "");
        assert_absent(&remains(&house), &["heron"]);
        assert_present(&remains(&house), &["belt"]);
    }
    // Of a maker the name is in no other text either; and a rule may stand in a translation.
    let house = village();
    let rosa = house.text("shop/producers/rosa-canaria.md");
    house.write(
        "shop/producers/rosa-canaria.md",
        rosa.replacen("+++\n\n", "hiden = true\n+++\n\n", 1),
    );
    house.write("shop/products/mask/index.es.md", "+++\nname = \"Garza\"\nhide = true\n+++\n");
    house.run("keys", &["build", "shop", "--skip-broken", "--at", AT], "");
    assert_absent(&remains(&house), &["canaria", "heron", "garza"]);
    assert_present(&remains(&house), &["belt"]);
    // Of a rule for the whole site nobody knows what it is for.
    for rule in ["[[hidden_name]]\nname = \"Rosa Canaria\"", "hide_photos = [\"mask.jpg\"]"] {
        let house = village();
        let site = house.text("shop/site.toml");
        house.write("shop/site.toml", site.replacen("[order]", &format!("{rule}\n[order]"), 1));
        let said = house.expect(1, &["build", "shop", "--skip-broken", "--at", AT]);
        assert!(said.contains("error[doubtful-hiding]"), "{rule}: {said}");
        assert!(!house.path("shop/public").exists(), "{rule}");
    }
}

#[test]
fn of_a_member_whose_rule_is_in_doubt_nothing_is_shown() {
    for (rule, is_shown) in [
        ("", true),
        ("[[hidden_name]]\nname = \"Rosa\"\n", false),
        ("hide_photos = [\"mask.jpg\"]\n", false),
    ] {
        let house = shop();
        house.write(
            "shop/products/bowl.md",
            "+++\nname = \"Bowl\"\nprice = \"5.00\"\nphotos = []\n+++\n",
        );
        house.write("shop/members.toml", "[[member]]\nfolder = \"members/rosa\"\n");
        house.write("shop/members/rosa/site.toml", format!("name = \"Shop of the heron\"\n{rule}"));
        house.write(
            "shop/members/rosa/products/mask/index.md",
            "+++\nname = \"Mask of the heron\"\nprice = \"9.00\"\n+++\n\nRosa made it.\n",
        );
        house.write("shop/members/rosa/products/mask/mask.jpg", photo(7));
        let said = build(&house, AT);
        assert_eq!(said.contains("nothing of this member is shown"), !is_shown, "{said}");
        match is_shown {
            true => assert_present(&remains(&house), &["Mask of the heron"]),
            false => assert_absent(&remains(&house), &["Mask of the heron"]),
        }
        assert_present(&remains(&house), &["bowl"]);
    }
}

#[test]
fn photographs_of_what_is_not_shown_are_shown_by_no_other_text() {
    for rule in ["hide = true", "audience = \"trade\"", "[protocol]\nshown_until = 2020-01-01"] {
        let house = village();
        let mask = house.text("shop/products/mask/index.md");
        house.write(
            "shop/products/mask/index.md",
            mask.replacen("+++\n\n", &format!("{rule}\n+++\n\n"), 1),
        );
        house.write(
            "shop/collections/all.md",
            "+++\nname = \"All\"\nphoto = \"products/mask/mask.jpg\"\nphoto_alt = \"worn\"\nproducts = [\"belt\"]\n+++\n\n\
             ![Worn](../products/mask/mask.jpg)\n",
        );
        let said = build(&house, AT);
        assert!(said.contains("belongs to something that is not shown"), "{rule}: {said}");
        let names = names_of(7);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert_absent(&remains(&house), &names);
    }
}

#[test]
fn a_finding_that_is_meant_is_silenced_in_its_file_alone() {
    let house = shop();
    let product = |accept: &str| {
        format!(
            "+++\nname = \"Chair\"\nprice = \"1.00\"\nphotos = []\n{accept}+++\n\nAt 12 Mill Lane. Ring 0161 496 0123.\n"
        )
    };
    house.write(
        "shop/products/open.md",
        product("accept = [\"street-address\", \"phone-number\"]\n"),
    );
    house.write("shop/products/open.es.md", "+++\n+++\n\nEn la Calle Los Olivos 12.\n");
    house.write("shop/products/half.md", product("accept = \"street-address\"\n"));
    let said = house.expect(0, &["check", "shop", "--at", AT]);
    assert_eq!(said.matches("[private-fact]").count(), 1, "{said}");
    assert!(said.contains("phone number") && said.contains("products/half.md:8"), "{said}");
    house.write("shop/products/half.md", product("accept = [\"streets\"]\n"));
    let said = house.expect(1, &["check", "shop", "--at", AT]);
    assert!(said.contains("the findings are: street-address"), "{said}");
}
