//! What the judge is given: folders, packs, kept pages, trust lists.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use selvedge::verify::trust::Trust;
use selvedge::verify::{self, State};

use crate::formats::now;
use crate::{files_below, repository};

type Folder = BTreeMap<String, Vec<u8>>;

static SITE: LazyLock<Folder> =
    LazyLock::new(|| files_below(&repository("tests/matrix/agreed/site")));

static TRUST: LazyLock<Trust> = LazyLock::new(|| {
    let path = repository("tests/matrix/agreed/trust.toml");
    Trust::parse(&std::fs::read_to_string(path).expect("a trust list")).expect("a sound one")
});

/// One file of a sound folder is another: the first line names it, what follows are its bytes.
fn with_another_file(data: &[u8]) -> Option<Folder> {
    let at = data.iter().position(|byte| *byte == b'\n')?;
    let path = std::str::from_utf8(&data[..at]).ok()?;
    let mut files = SITE.clone();
    // A short name is the number of a file that is there.
    let path = match path.parse::<usize>() {
        Ok(number) => files.keys().nth(number % files.len()).cloned()?,
        Err(_) => path.to_owned(),
    };
    files.insert(path, data[at + 1..].to_vec());
    Some(files)
}

/// A whole folder with one file of a stranger's.
pub fn folder(data: &[u8]) {
    let Some(files) = with_another_file(data) else { return };
    let audit = verify::folder("site", &files, &TRUST, None, Some(now()));
    let _ = audit.report.to_json();
    if audit.report.state == State::RecordIntact {
        for stated in &audit.records {
            let bytes = stated.signed().bytes();
            assert!(SITE.values().any(|known| known == bytes), "a record that nobody signed");
        }
    }
}

/// An evidence pack with one file of a stranger's.
pub fn pack(data: &[u8]) {
    let Some(mut files) = with_another_file(data) else { return };
    files.retain(|path, _| path != "log/checkpoint" && !path.starts_with("log/tile/"));
    files.entry(verify::pack::LIST.to_owned()).or_default();
    let _ = verify::pack::is_pack(&files);
    let report = verify::pack::pack("pack", &files, &TRUST, Some(now()));
    let _ = report.to_json();
}

/// Kept pages and badges, with what they carry.
pub fn page(data: &[u8]) {
    for report in [
        verify::page::page("x", data, &TRUST, Some(now())),
        verify::page::badge("x", data, &TRUST, Some(now())),
    ] {
        let _ = report.map(|report| report.to_json());
    }
    // The evidence alone, so that the marks around it need not be found first.
    if let Ok(text) = std::str::from_utf8(data)
        && !text.contains('<')
    {
        let html = format!(
            "<script type=\"application/json\" id=\"{}\">{text}</script>",
            selvedge::provenance::badge::NAME
        );
        let _ = verify::page::page("x", html.as_bytes(), &TRUST, Some(now()));
    }
}

/// Trust lists.
pub fn trust(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(trust) = Trust::parse(text) {
        let _ = (trust.is_empty(), trust.signers().len(), trust.unread().count());
    }
}
