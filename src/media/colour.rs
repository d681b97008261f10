//! Whatever the camera's colours are, to sRGB.

use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

use super::decode::Channels;

/// Turns one-byte channels into sRGB pixels of three bytes.
///
/// Without a profile, or with one that is broken or speaks of other channels, the values are taken
/// as sRGB already, as browsers do. A profile that hardly differs from sRGB is left out, which
/// saves time and a rounding.
pub(super) fn to_srgb(pixels: Vec<u8>, channels: Channels, icc: Option<&[u8]>) -> Vec<u8> {
    let transform =
        icc.and_then(|icc| std::panic::catch_unwind(|| transform(icc, channels)).ok().flatten());
    match (transform, channels) {
        (None, Channels::Rgb) => pixels,
        (None, Channels::Grey) => pixels.iter().flat_map(|grey| [*grey; 3]).collect(),
        (Some(transform), channels) => {
            let width = if channels == Channels::Grey { 1 } else { 3 };
            let mut out = vec![0; pixels.len() / width * 3];
            match transform.transform(&pixels, &mut out) {
                Ok(()) => out,
                Err(_) => to_srgb(pixels, channels, None),
            }
        }
    }
}

type Transform = std::sync::Arc<dyn moxcms::TransformExecutor<u8> + Send + Sync>;

fn transform(icc: &[u8], channels: Channels) -> Option<Transform> {
    let profile = ColorProfile::new_from_slice(icc).ok()?;
    let (space, layout) = match channels {
        Channels::Grey => (DataColorSpace::Gray, Layout::Gray),
        Channels::Rgb => (DataColorSpace::Rgb, Layout::Rgb),
    };
    if profile.color_space != space {
        return None;
    }
    let transform = profile
        .create_transform_8bit(
            layout,
            &ColorProfile::new_srgb(),
            Layout::Rgb,
            TransformOptions::default(),
        )
        .ok()?;
    let sample = sample(channels);
    let width = if channels == Channels::Grey { 1 } else { 3 };
    let mut out = vec![0; sample.len() / width * 3];
    transform.transform(&sample, &mut out).ok()?;
    let as_srgb = to_srgb(sample, channels, None);
    let differs = out.iter().zip(&as_srgb).any(|(a, b)| a.abs_diff(*b) > 2);
    differs.then_some(transform)
}

/// Colours spread over all that the channels can say.
pub(super) fn sample(channels: Channels) -> Vec<u8> {
    let steps = || (0..=255).step_by(17);
    match channels {
        Channels::Grey => (0..=255).collect(),
        Channels::Rgb => steps()
            .flat_map(move |r| steps().flat_map(move |g| steps().flat_map(move |b| [r, g, b])))
            .collect(),
    }
}
