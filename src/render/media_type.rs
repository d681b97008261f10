//! The media type of a published file, by its path.

/// The media type of a file of the site, for hosts and for the preview.
///
/// Texts say that they are UTF-8. What has no ending or one of our formats (checkpoints, keys, signatures, proofs) is text
/// that a person can read in the browser; tiles and whatever is unknown are bytes.
#[must_use]
pub fn media_type(path: &str) -> &'static str {
    let name = path.rsplit('/').next().unwrap_or(path);
    if path.starts_with("log/tile/") || path.contains("/log/tile/") {
        return "application/octet-stream";
    }
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        "md" => "text/markdown; charset=utf-8",
        "ics" => "text/calendar; charset=utf-8",
        // The history of keys, as the did:webvh method asks.
        "jsonl" => "text/jsonl; charset=utf-8",
        "json" if name == "feed.json" => "application/feed+json",
        "json" => "application/json",
        "jsonld" => "application/ld+json",
        "webmanifest" => "application/manifest+json",
        "xml" if name.starts_with("atom") => "application/atom+xml; charset=utf-8",
        "atom" => "application/atom+xml; charset=utf-8",
        "xml" => "application/xml; charset=utf-8",
        "svg" => "image/svg+xml",
        "avif" => "image/avif",
        "webp" => "image/webp",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "woff" => "font/woff",
        "mp3" => "audio/mpeg",
        "m4a" => "audio/mp4",
        "ogg" | "opus" => "audio/ogg",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        "jwt" => "application/vc+jwt",
        "pem" => "application/x-pem-file",
        "tsr" => "application/timestamp-reply",
        "tsq" => "application/timestamp-query",
        "txt" | "vkey" | "sshsig" | "tlog-proof" => "text/plain; charset=utf-8",
        // `checkpoint`, `allowed_signers`, `list`, `_headers`; and the empty `.nojekyll`.
        "" | "nojekyll" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_follows_from_the_path() {
        for (path, expected) in [
            ("index.html", "text/html; charset=utf-8"),
            ("es/products/a/index.html", "text/html; charset=utf-8"),
            ("assets/ab12.css", "text/css; charset=utf-8"),
            ("assets/ab12.js", "text/javascript; charset=utf-8"),
            ("site.webmanifest", "application/manifest+json"),
            ("sitemap.xml", "application/xml; charset=utf-8"),
            ("es/atom.xml", "application/atom+xml; charset=utf-8"),
            ("feed.json", "application/feed+json"),
            ("records/ABC.json", "application/json"),
            ("records/ABC.tlog-proof", "text/plain; charset=utf-8"),
            ("log/checkpoint", "text/plain; charset=utf-8"),
            ("log/heads/list", "text/plain; charset=utf-8"),
            ("log/tile/0/000", "application/octet-stream"),
            ("log/tile/entries/x001/234", "application/octet-stream"),
            ("log/tile/0/000.p/5", "application/octet-stream"),
            (".well-known/did.jsonl", "text/jsonl; charset=utf-8"),
            (".nojekyll", "text/plain; charset=utf-8"),
            ("records/files/abc.jpg", "image/jpeg"),
            ("a.exe", "application/octet-stream"),
        ] {
            assert_eq!(media_type(path), expected, "{path}");
        }
    }
}
