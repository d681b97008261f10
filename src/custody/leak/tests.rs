use data_encoding::BASE64;

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
