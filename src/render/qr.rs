//! The code on tags and design pages: the address of a record page.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

/// The address of a record page as a code holds it: scheme and host in capitals, which a QR code
/// packs tighter; the path as it is.
pub(super) fn address(base_url: &str, short_id: &str) -> String {
    let rest = base_url.strip_prefix("https://").unwrap_or(base_url);
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    format!("HTTPS://{}/{path}V/{short_id}", host.to_ascii_uppercase())
}

/// A code to pay with as SVG, as [`svg`]; middling correction, as the standards of payment codes ask.
pub(super) fn code(text: &str, label: &str) -> Option<String> {
    draw(&QrCode::with_error_correction_level(text, EcLevel::M).ok()?, label)
}

/// The code as SVG, dark on white whatever the page's colours, with its quiet zone. `label` is for
/// readers who cannot see it. `None` if the address is too long for a code.
pub(super) fn svg(address: &str, label: &str) -> Option<String> {
    draw(&QrCode::with_error_correction_level(address, EcLevel::Q).ok()?, label)
}

/// The code of an address as small as it can be written, for pages with very many of them: without a label, for beside it the same
/// is told in words. `None` if the address is too long for a code.
pub(super) fn compact(address: &str) -> Option<String> {
    const QUIET: usize = 4;
    let code = QrCode::with_error_correction_level(address, EcLevel::Q).ok()?;
    let width = code.width();
    let side = width + 2 * QUIET;
    let mut path = String::with_capacity(6 << 10);
    for (y, row) in code.to_colors().chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            if run[0] == Color::Dark {
                let _ = write!(path, "M{} {}h{}v1H{0}", x + QUIET, y + QUIET, run.len());
            }
            x += run.len();
        }
    }
    Some(format!(
        "<svg aria-hidden=\"true\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\"><path d=\"{path}\"/></svg>"
    ))
}

/// The dark modules of a code as a path, each one unit wide, with the quiet zone around them.
pub(super) struct Modules {
    /// What `d` of a `path` holds.
    pub(super) path: String,
    /// Width and height with the quiet zone.
    pub(super) side: usize,
}

/// The modules of the code of an address. `None` if it is too long for a code.
pub(super) fn modules(address: &str) -> Option<Modules> {
    Some(shape(&QrCode::with_error_correction_level(address, EcLevel::Q).ok()?))
}

fn shape(code: &QrCode) -> Modules {
    const QUIET: usize = 4;
    let width = code.width();
    let side = width + 2 * QUIET;
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            if run[0] == Color::Dark {
                path.push_str(&format!("M{} {}h{}v1H{0}z", x + QUIET, y + QUIET, run.len()));
            }
            x += run.len();
        }
    }
    Modules { path, side }
}

fn draw(code: &QrCode, label: &str) -> Option<String> {
    let Modules { path, side } = shape(code);
    let label = super::markdown::escape(label);
    Some(format!(
        "<svg class=\"qr\" role=\"img\" aria-label=\"{label}\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_pack_into_capitals_where_they_may() {
        let id = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let table = [
            ("https://shop.example/", "HTTPS://SHOP.EXAMPLE/V/"),
            ("https://host.example:8443/", "HTTPS://HOST.EXAMPLE:8443/V/"),
            ("https://host.example/my-shop/", "HTTPS://HOST.EXAMPLE/my-shop/V/"),
        ];
        for (base, expected) in table {
            assert_eq!(address(base, id), format!("{expected}{id}"));
        }
    }

    #[test]
    fn a_code_is_small_and_has_its_quiet_zone() {
        let text = address("https://shop.example/", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
        let svg = svg(&text, "a < b").expect("a code");
        // 55 characters in capitals at level Q: version 4, 33 modules.
        assert!(svg.contains("viewBox=\"0 0 41 41\""), "{}", &svg[..120]);
        assert!(svg.contains("aria-label=\"a &lt; b\""));
        assert_eq!(super::svg(&"x".repeat(5000), ""), None);
    }
}
