//! Photographs, drawings and recordings.

use std::sync::LazyLock;

use selvedge::media::{self, Darkroom, Limits, Settings};

/// Small ones, so that a picture of a few hundred bytes cannot take seconds.
fn small() -> Limits {
    Limits { max_pixels: 250_000, max_decode_bytes: 16 << 20, ..Limits::default() }
}

/// The headers of a photograph alone, under the limits of the program.
pub fn headers(data: &[u8]) {
    let limits = Limits::default();
    if let Ok(photo) = media::probe(data, &limits) {
        assert!(u64::from(photo.width_px) * u64::from(photo.height_px) <= limits.max_pixels);
        assert!(photo.width_px.max(photo.height_px) <= limits.max_side_px);
        assert!(photo.width_px > 0 && photo.height_px > 0);
        let _ = media::plan(&photo, &Settings::default());
    }
}

/// A photograph to its master and its derivatives: a master has nothing more to lose.
pub fn photograph(data: &[u8]) {
    let limits = small();
    let Ok(photo) = media::probe(data, &limits) else { return };
    if let Ok(master) = media::strip_metadata_master(data, &limits) {
        let again =
            media::strip_metadata_master(&master.bytes, &limits).expect("a master is a photograph");
        assert!(again.bytes == master.bytes, "a master is stripped already");
        assert_eq!((master.width_px, master.height_px), (photo.width_px, photo.height_px));
        assert!(master.bytes.len() <= data.len() + 65_536);
    }
    static DARKROOM: LazyLock<Darkroom> = LazyLock::new(|| {
        let settings = Settings { widths: vec![16], webp_method: 0, ..Settings::default() };
        Darkroom::new(settings, small(), None)
    });
    let wanted = DARKROOM.plan(&photo);
    if let Ok(developed) = DARKROOM.develop(&photo, &wanted, || Ok(data.to_vec())) {
        assert_eq!(developed.files.len(), wanted.len());
        for file in &developed.files {
            media::probe(file, &limits).expect("a derivative is a photograph");
        }
    }
}

/// Drawings: what is written is harmless, and is written the same again.
pub fn drawing(data: &[u8]) {
    let limits = Limits::default();
    let _ = media::is_drawing(data);
    let Ok(drawing) = media::rebuild(data, &limits) else { return };
    let text = std::str::from_utf8(&drawing.bytes).expect("text").to_ascii_lowercase();
    for harm in
        ["<script", "<foreignobject", "<image", "<a ", "<style", "<!doctype", "<!entity", "<?"]
    {
        assert!(!text.contains(harm), "{harm}");
    }
    assert!(drawing.bytes.len() <= 64 * data.len() + 4096, "no output grows without bound");
    let again = media::rebuild(&drawing.bytes, &limits).expect("a drawing of ours is a drawing");
    assert!(again.bytes == drawing.bytes, "written anew it stays as it is");
    assert_eq!(again.left_out, media::LeftOut::default(), "nothing harmful is left");
}

/// Recordings: what is left is a recording, no longer than it was, and has nothing more to lose.
pub fn sound(data: &[u8]) {
    let Ok(sound) = media::bare_sound(data) else { return };
    // Pages of Ogg may be cut anew, each with a head of its own.
    assert!(sound.bytes.len() <= 2 * data.len() + 4096, "no output grows without bound");
    let again = media::bare_sound(&sound.bytes).expect("a recording of ours is a recording");
    assert!(sound.media_type == "audio/ogg" || again.bytes == sound.bytes, "it is bare already");
    assert_eq!((again.media_type, again.seconds), (sound.media_type, sound.seconds));
}
