use data_encoding::BASE64;

use crate::provenance::key::Signer as _;

use super::*;

fn seed() -> Zeroizing<[u8; 32]> {
    Zeroizing::new(std::array::from_fn(|i| (i * 73 + 19) as u8))
}

fn find(bytes: &[u8]) -> Option<String> {
    Watch::default().ready().find(bytes).map(|leak| leak.what)
}

#[test]
fn private_keys_are_found_whatever_stands_around_them() {
    for text in [
        "x\n-----BEGIN PRIVATE KEY-----\nMC4=\n",
        "<p>-----BEGIN OPENSSH PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----",
        "-----BEGIN PGP PRIVATE KEY BLOCK-----",
        // What smart punctuation makes of the hyphens.
        "<p>\u{2014}\u{2013}BEGIN EC PRIVATE KEY\u{2014}",
        "{\"key\":\"-----BEGIN PRIVATE KEY-----\\n\"}",
        "a b3BlbnNzaC1rZXktdjEAAAAABG5vbmU",
        "openssh-key-v1\0\0\0",
        "AGE-SECRET-KEY-1QQPQ",
        "PuTTY-User-Key-File-3: ssh-ed25519",
        "PRIVATE+KEY+shop.example/log+12345678+AQ",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"d\" : \"nWGx\",\"x\":\"11q\"}",
        "{\"d\":\"nWGx\",\"kty\":\"OKP\"}",
        "{\"secretKeyMultibase\": \"z3u2\"}",
    ] {
        assert!(find(text.as_bytes()).is_some(), "{text}");
    }
}

#[test]
fn what_is_public_passes() {
    for text in [
        "-----BEGIN PUBLIC KEY-----\nMCow",
        "-----BEGIN CERTIFICATE-----",
        "-----BEGIN SSH SIGNATURE-----",
        "keep your PRIVATE KEY to yourself",
        "BEGIN with your own key, it is a PRIVATE KEY",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11q\"}, {\"d\": 1}",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI",
        "age1qqpq",
        "shop.example/log+12345678+AQ",
    ] {
        assert_eq!(find(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn a_key_of_the_site_is_found_in_every_form_and_place() {
    let seed = seed();
    let mut watch = Watch::default();
    watch.know_seed("the record key", &seed);
    let scanner = watch.ready();
    let mut multikey = vec![0x80, 0x26];
    multikey.extend_from_slice(seed.as_slice());
    let lines = Seed::new(seed.clone()).to_sheet_lines();
    let mut forms = vec![
        seed.to_vec(),
        HEXLOWER.encode(seed.as_slice()).into_bytes(),
        HEXUPPER.encode(seed.as_slice()).into_bytes(),
        format!("z{}", bs58::encode(&multikey).into_string()).into_bytes(),
        lines[2].as_bytes().to_vec(),
        lines[0].replace(' ', "").into_bytes(),
    ];
    for before in 0..7 {
        let mut whole = vec![b'p'; before];
        whole.extend_from_slice(seed.as_slice());
        whole.extend_from_slice(b"after");
        forms.push(BASE64.encode(&whole).into_bytes());
        forms.push(BASE64URL_NOPAD.encode(&whole).into_bytes());
    }
    for form in forms {
        for before in [&b""[..], b"some page ", b"<b>"] {
            let page = [before, &form, b" and more"].concat();
            let leak = scanner.find(&page).unwrap_or_else(|| panic!("{form:?}"));
            assert_eq!(leak.what, "the record key");
        }
        // One byte altered, and it is none.
        let mut other = form.clone();
        let last = other.len() - 1;
        other[last / 2] ^= 1;
        let is_sheet = other.len() < 24;
        if !is_sheet {
            assert_eq!(scanner.find(&other), None);
        }
    }
}

#[test]
fn the_lines_of_a_key_file_and_a_password_are_found() {
    let file = b"-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0\nAAAAGAAAABDsomethingsecretsomethingsecret\n-----END";
    let mut watch = Watch::default();
    watch.know_key_file("the file of the log key", file);
    watch.know_text("the password of the host", "wJalrXUtnFEMI/K7MDENG");
    watch.know_text("too short to be looked for", "a");
    let scanner = watch.ready();
    let leak = scanner.find(b"x AAAAGAAAABDsomethingsecretsomethingsecret y").expect("a line");
    assert_eq!((leak.what.as_str(), leak.at), ("the file of the log key", 2));
    assert!(scanner.find(b"key=wJalrXUtnFEMI/K7MDENG").is_some());
    assert!(scanner.find(b"wJalrXUtnFEMI/K7MDEN").is_none());
    assert!(!format!("{scanner:?}").contains("wJal"));
}

/// A scanner that knows the public half of a key alone, as a run without a passphrase does.
fn by_public_half() -> Scanner {
    let mut watch = Watch::default();
    watch.know_public("the record key", &Seed::new(seed()).to_key().verifier_key());
    watch.ready()
}

/// A scanner that knows of the next key what its history says: a hash.
fn by_hash() -> Scanner {
    let mut watch = Watch::default();
    watch.know_hash("the master key", &next_key_hash(&Seed::new(seed()).to_key().verifier_key()));
    watch.ready()
}

/// An Ed25519 key file of OpenSSH without a passphrase.
fn openssh() -> Vec<u8> {
    use ssh_key::private::{Ed25519Keypair, KeypairData};
    let pair = KeypairData::Ed25519(Ed25519Keypair::from_seed(&seed()));
    let key = ssh_key::PrivateKey::new(pair, "").expect("a key");
    key.to_openssh(ssh_key::LineEnding::LF).expect("a text").as_bytes().to_vec()
}

/// A seed in each way in which keys are written.
fn written() -> Vec<(&'static str, Vec<u8>)> {
    let seed = seed();
    let public = Seed::new(seed.clone()).to_key().verifier_key();
    let pair = [seed.as_slice(), public.as_bytes()].concat();
    let multikey = [&[0x80, 0x26], seed.as_slice()].concat();
    let der =
        [b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20", seed.as_slice()]
            .concat();
    let lines = Seed::new(seed.clone()).to_sheet_lines();
    let sheet = lines.iter().map(|line| line.as_str()).collect::<Vec<_>>();
    let broken = |text: String, at: usize| {
        let lines: Vec<&str> = text
            .as_bytes()
            .chunks(at)
            .map(|line| std::str::from_utf8(line).expect("text"))
            .collect();
        lines.join("\n").into_bytes()
    };
    let apart = |begin: &str, end: &str| {
        seed.iter().map(|byte| format!("{begin}{byte:02x}{end}")).collect::<String>().into_bytes()
    };
    vec![
        ("raw", seed.to_vec()),
        ("raw, with its public half", pair.clone()),
        ("hexadecimal", HEXLOWER.encode(seed.as_slice()).into_bytes()),
        ("HEXADECIMAL", HEXUPPER.encode(seed.as_slice()).into_bytes()),
        ("hexadecimal, with its public half", HEXLOWER.encode(&pair).into_bytes()),
        ("hexadecimal in lines", broken(HEXLOWER.encode(&pair), 32)),
        ("a1:b2", apart("", ":")),
        ("a1 b2", apart("", " ")),
        ("0xa1, 0xb2", apart("0x", ", ")),
        ("base64", BASE64.encode(seed.as_slice()).into_bytes()),
        ("base64 for addresses", BASE64URL_NOPAD.encode(seed.as_slice()).into_bytes()),
        ("base64, with its public half", BASE64.encode(&pair).into_bytes()),
        ("base64 in lines", broken(BASE64.encode(&pair), 64)),
        ("base32", data_encoding::BASE32.encode(seed.as_slice()).into_bytes()),
        ("base58", bs58::encode(seed.as_slice()).into_vec()),
        ("Multikey", format!("z{}", bs58::encode(&multikey).into_string()).into_bytes()),
        ("PKCS #8", der.clone()),
        (
            "PEM",
            format!(
                "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
                BASE64.encode(&der)
            )
            .into_bytes(),
        ),
        (
            "JWK",
            format!("{{\"kty\":\"OKP\",\"d\":\"{}\"}}", BASE64URL_NOPAD.encode(seed.as_slice()))
                .into_bytes(),
        ),
        ("OpenSSH", openssh()),
        ("a sheet", sheet.join("\n").into_bytes()),
        ("a sheet in small letters", sheet.join("\n").to_lowercase().into_bytes()),
        ("a sheet without spaces", sheet.join("\n").replace(' ', "").into_bytes()),
        ("a sheet in tags", format!("<td>{}</td>", sheet.join("</td>\n<td>")).into_bytes()),
    ]
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    out.write_all(bytes).expect("memory");
    out.finish().expect("memory")
}

fn zip(bytes: &[u8], method: zip::CompressionMethod) -> Vec<u8> {
    use std::io::Write as _;
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(method);
    for (name, bytes) in [("readme.txt", &b"nothing here"[..]), ("notes", bytes)] {
        out.start_file(name, options).expect("memory");
        out.write_all(bytes).expect("memory");
    }
    out.finish().expect("memory").into_inner()
}

fn tar(bytes: &[u8]) -> Vec<u8> {
    let mut out = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_ustar();
    header.set_size(bytes.len() as u64);
    out.append_data(&mut header, "notes", bytes).expect("memory");
    out.into_inner().expect("memory")
}

/// A PNG of one point with a text, packed or not; Latin-1, which every byte is.
fn png(bytes: &[u8], is_packed: bool) -> Vec<u8> {
    let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, 1, 1);
    match is_packed {
        true => encoder.add_ztxt_chunk("Comment".to_owned(), text).expect("a chunk"),
        false => encoder.add_text_chunk("Comment".to_owned(), text).expect("a chunk"),
    }
    encoder.write_header().and_then(|mut it| it.write_image_data(&[0])).expect("a picture");
    out
}

/// A JPEG that ends, and what somebody put behind it.
fn behind_jpeg(bytes: &[u8]) -> Vec<u8> {
    [
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00",
        [0x9d; 3000].as_slice(),
        b"\xff\xd9",
        bytes,
    ]
    .concat()
}

fn utf16(bytes: &[u8], is_little: bool) -> Vec<u8> {
    let pair = |byte: &u8| if is_little { [*byte, 0] } else { [0, *byte] };
    bytes.iter().flat_map(pair).collect()
}

/// A key in what files are found in, by a name; with whether its raw bytes stand at a place where they can be told.
fn wrapped(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>, bool)> {
    let is_text = bytes.is_ascii();
    let mut all = vec![
        ("alone", bytes.to_vec(), true),
        ("a page", [b"<p>Our key: ", bytes, b"</p>\n"].concat(), is_text),
        ("gzip", gzip(bytes), true),
        ("a tar in gzip", gzip(&tar(bytes)), is_text),
        ("a ZIP", zip(bytes, zip::CompressionMethod::Deflated), true),
        ("a ZIP that packs nothing", zip(bytes, zip::CompressionMethod::Stored), true),
        (
            "a ZIP in a ZIP",
            zip(&zip(bytes, zip::CompressionMethod::Deflated), zip::CompressionMethod::Deflated),
            true,
        ),
        (
            "base64 of a ZIP",
            BASE64.encode(&zip(bytes, zip::CompressionMethod::Deflated)).into_bytes(),
            true,
        ),
        ("a text in a PNG", png(bytes, false), true),
        ("a packed text in a PNG", png(bytes, true), true),
        ("behind a JPEG", behind_jpeg(bytes), true),
    ];
    if is_text {
        all.push(("UTF-16", utf16(bytes, true), true));
        all.push(("UTF-16, high bytes first", utf16(bytes, false), true));
    }
    all
}

#[test]
fn a_key_of_the_site_is_found_however_it_is_written_and_wrapped_without_its_passphrase() {
    let scanners = [("public half", by_public_half()), ("hash", by_hash())];
    let mut looked = 0;
    for (form, bytes) in written() {
        for (wrap, file, can_be_told) in wrapped(&bytes) {
            for (known, scanner) in &scanners {
                if can_be_told {
                    assert!(scanner.find(&file).is_some(), "{form} in {wrap}, by its {known}");
                    looked += 1;
                }
            }
        }
    }
    assert!(looked > 500, "{looked}");
    // What is opened is found at every place too.
    let mut watch = Watch::default();
    watch.know_seed("the record key", &seed());
    let scanner = watch.ready();
    for (form, bytes) in written() {
        for (wrap, file, _) in wrapped(&bytes) {
            assert!(scanner.find(&file).is_some(), "{form} in {wrap}, opened");
        }
    }
}

#[test]
fn what_only_looks_like_a_key_passes() {
    let other = Zeroizing::new([7; 32]);
    let digest = BASE64.encode(other.as_slice());
    let mut packed = zip(b"a page about wool", zip::CompressionMethod::Deflated);
    packed.truncate(60);
    for scanner in [by_public_half(), by_hash()] {
        for page in [
            format!("<script integrity=\"sha256-{digest}\">").into_bytes(),
            HEXLOWER.encode(other.as_slice()).into_bytes(),
            b"with that time very when from here they".repeat(50),
            gzip(b"a page about wool"),
            packed.clone(),
            b"PK\x03\x04".to_vec(),
            b"\x1f\x8b\x08".to_vec(),
            b"zTXt".to_vec(),
            utf16(b"a page about wool and nothing else", true),
            Seed::new(other.clone()).to_sheet_lines()[..3]
                .iter()
                .map(|line| format!("{}\n", **line))
                .collect::<String>()
                .into_bytes(),
        ] {
            assert_eq!(scanner.find(&page), None, "{}", String::from_utf8_lossy(&page));
        }
    }
}

#[test]
fn what_is_packed_a_thousandfold_is_not_unpacked_whole() {
    // 64 MB of nothing in 64 kB, and the same packed once more: looked at as far as the bound goes.
    let bomb = gzip(&vec![0; 64 << 20]);
    assert_eq!(by_public_half().find(&[bomb.clone(), bomb.clone(), gzip(&bomb)].concat()), None);
}

/// Signs that stand apart were read again from each of them: a table of 100,000 numbers took minutes.
#[test]
fn a_long_table_of_numbers_is_gone_through_once() {
    let table = "12 34 ".repeat(100_000);
    let key = Watch::default();
    assert_eq!(key.ready().find(table.as_bytes()), None);
}
