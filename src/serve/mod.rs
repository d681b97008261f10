//! The live preview: makes the route that is asked for, reloads the browser on change.
//!
//! What a page says comes from [`Pages`], which the caller makes anew whenever a file changes;
//! this module knows HTTP and nothing of shops. It guarantees: it
//! listens on loopback only; a request whose `Host` is not the address that it listens on, or
//! whose `Origin` is another, is refused, so that a foreign page cannot read the preview through
//! the person's browser; it answers `GET` and `HEAD` only and never sends a CORS header.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, RwLock};
use std::time::Duration;
use std::{fmt, io};

use axum::Router;
use axum::body::Body;
use axum::extract::{Query, Request, State};
use axum::http::{Method, Response, StatusCode, header};
use axum::middleware::{self, Next};
use axum::routing::{any, get};
use notify::{RecursiveMode, Watcher as _};
use tokio::sync::watch;

use crate::render::media_type;

/// What the preview shows: one loaded state of the site.
pub trait Pages: Send + Sync {
    /// The bytes at a site path such as `products/red-shawl/index.html`; `None` if there is no such path.
    ///
    /// # Errors
    /// The text is shown in the browser.
    fn bytes(&self, path: &str) -> Option<Result<Vec<u8>, String>>;

    /// The page for a path that does not exist.
    fn not_found(&self) -> Vec<u8>;

    /// What is wrong in the site's files, for a note on every page.
    fn problems(&self) -> Problems;

    /// The path of the site's address, with a slash at both ends: `/` or `/shop/`.
    fn base_path(&self) -> String;

    /// Folders outside the site's from which pages are made too, as the paths of their files begin: `../berta/`.
    fn folders_beside(&self) -> Vec<String> {
        Vec::new()
    }
}

/// What is wrong in the site's files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    /// Whether something is wrong that a build would refuse: then the note stands open above the page.
    pub has_errors: bool,
    /// What a person reads; empty if nothing is wrong.
    pub texts: String,
}

/// Makes the pages from the site's folder; is told which files changed, by their paths below it
/// (none the first time, and when the system lost count: then everything is read), and shows what it made:
/// at least once, and again if it found out more.
pub type Load = Box<dyn FnMut(&[String], &mut dyn FnMut(Arc<dyn Pages>)) + Send>;

/// How to serve.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder that is watched.
    pub folder: PathBuf,
    /// The port; 0 takes a free one.
    pub port: u16,
}

/// The preview could not start.
#[derive(Debug)]
pub enum ServeError {
    /// The port is taken, or may not be used.
    Listen(u16, io::Error),
    /// The folder cannot be watched.
    Watch(PathBuf, notify::Error),
    /// The machine gave no threads or sockets.
    Run(io::Error),
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listen(port, error) => {
                write!(f, "cannot listen on port {port} ({error}); try another with --port")
            }
            Self::Watch(folder, error) => {
                write!(f, "cannot watch the folder {} for changes ({error})", folder.display())
            }
            Self::Run(error) => write!(f, "the preview cannot run ({error})"),
        }
    }
}

impl std::error::Error for ServeError {}

#[derive(Clone)]
struct Preview {
    pages: Arc<RwLock<Arc<dyn Pages>>>,
    version: watch::Receiver<u64>,
    address: SocketAddr,
}

impl Preview {
    fn pages(&self) -> Arc<dyn Pages> {
        Arc::clone(&self.pages.read().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

/// How long to wait for further changes after one: editors write a file in several steps.
const SETTLE: Duration = Duration::from_millis(20);
/// How long a browser's question whether something changed is kept open.
const POLL: Duration = Duration::from_secs(25);
/// Where the browser asks.
const CHANGED_PATH: &str = "/.selvedge/changed";

/// Serves until the process ends. Calls `ready` with the address once the preview can be opened.
///
/// # Errors
/// If the port cannot be had or the folder cannot be watched.
pub fn run(
    options: &Options,
    mut load: Load,
    ready: impl FnOnce(String),
) -> Result<(), ServeError> {
    let mut first: Option<Arc<dyn Pages>> = None;
    load(&[], &mut |pages| first = Some(pages));
    let first = first.expect("what was loaded is shown");
    let base_path = first.base_path();
    let pages = Arc::new(RwLock::new(first));
    let (bump, version) = watch::channel(1_u64);
    watch_folders(&options.folder, load, Arc::clone(&pages), bump)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(ServeError::Run)?;
    runtime.block_on(async {
        let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
        let listener = tokio::net::TcpListener::bind(wanted)
            .await
            .map_err(|error| ServeError::Listen(options.port, error))?;
        let address = listener.local_addr().map_err(ServeError::Run)?;
        let preview = Preview { pages, version, address };
        ready(format!("http://{address}{base_path}"));
        axum::serve(listener, router(preview)).await.map_err(ServeError::Run)
    })
}

fn router(preview: Preview) -> Router {
    Router::new()
        .route(CHANGED_PATH, get(changed))
        .fallback(any(page))
        .layer(middleware::from_fn_with_state(preview.clone(), only_this_browser))
        .with_state(preview)
}

/// Watches the folder, and those beside it from which pages are made, on a thread of its own.
fn watch_folders(
    folder: &Path,
    mut load: Load,
    pages: Arc<RwLock<Arc<dyn Pages>>>,
    bump: watch::Sender<u64>,
) -> Result<(), ServeError> {
    let wrap = |error| ServeError::Watch(folder.to_owned(), error);
    // Events name files below the folder as it is watched, so that is the one without links on its way.
    let root = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let (send, receive) = std::sync::mpsc::channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if let Ok(event) = event
            && !matches!(event.kind, notify::EventKind::Access(_))
        {
            // The receiver ends with the process.
            let _ = send.send((event.need_rescan(), event.paths));
        }
    })
    .map_err(wrap)?;
    watcher.watch(&root, RecursiveMode::Recursive).map_err(wrap)?;
    let mut watched = vec![(String::new(), root)];
    let beside = |pages: &RwLock<Arc<dyn Pages>>| {
        pages.read().unwrap_or_else(std::sync::PoisonError::into_inner).folders_beside()
    };
    watch_beside(&mut watcher, &mut watched, beside(&pages));
    std::thread::spawn(move || {
        while let Ok((mut has_lost_count, mut paths)) = receive.recv() {
            while let Ok((more_lost, more)) = receive.recv_timeout(SETTLE) {
                has_lost_count |= more_lost;
                paths.extend(more);
            }
            let mut changed: Vec<String> =
                paths.iter().filter_map(|path| site_path(&watched, path)).collect();
            changed.sort_unstable();
            changed.dedup();
            if has_lost_count {
                changed.clear();
            } else if changed.is_empty() {
                continue;
            }
            load(&changed, &mut |loaded| {
                *pages.write().unwrap_or_else(std::sync::PoisonError::into_inner) = loaded;
                bump.send_modify(|version| *version += 1);
            });
            watch_beside(&mut watcher, &mut watched, beside(&pages));
        }
    });
    Ok(())
}

/// Watches folders beside that of the site which are not watched yet. One that cannot be is read when something else changes.
fn watch_beside(
    watcher: &mut notify::RecommendedWatcher,
    watched: &mut Vec<(String, PathBuf)>,
    prefixes: Vec<String>,
) {
    for prefix in prefixes {
        if watched.iter().any(|(known, _)| *known == prefix) {
            continue;
        }
        let Ok(folder) = watched[0].1.join(&prefix).canonicalize() else { continue };
        if watcher.watch(&folder, RecursiveMode::Recursive).is_ok() {
            watched.push((prefix, folder));
        }
    }
}

/// The path below the site's folder, which is the first of those that are watched, or as the paths of another begin; `None` for what
/// no page is made from.
fn site_path(watched: &[(String, PathBuf)], path: &Path) -> Option<String> {
    let (prefix, inside) = watched
        .iter()
        .find_map(|(prefix, folder)| Some((prefix, path.strip_prefix(folder).ok()?)))?;
    let mut parts = Vec::new();
    for part in inside.components() {
        let Component::Normal(name) = part else { return None };
        let name = name.to_str()?;
        if name.starts_with('.') || name.ends_with('~') {
            return None;
        }
        parts.push(name);
    }
    let first = parts.first()?;
    (!["public", "private"].contains(first)).then(|| format!("{prefix}{}", parts.join("/")))
}

/// Refuses what a foreign page could have sent.
async fn only_this_browser(
    State(preview): State<Preview>,
    request: Request,
    next: Next,
) -> Response<Body> {
    if !is_own(&request, preview.address.port()) {
        return plain(StatusCode::FORBIDDEN, "This preview answers its own address only.");
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return plain(StatusCode::METHOD_NOT_ALLOWED, "This preview only shows pages.");
    }
    next.run(request).await
}

/// Whether the request was made to this address, and by a page of it.
fn is_own(request: &Request, port: u16) -> bool {
    let hosts = [format!("127.0.0.1:{port}"), format!("localhost:{port}")];
    let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let host_fits = text(header::HOST).is_some_and(|host| hosts.iter().any(|h| h == host));
    let origin_fits = request.headers().get(header::ORIGIN).is_none_or(|origin| {
        origin.to_str().is_ok_and(|origin| hosts.iter().any(|h| origin == format!("http://{h}")))
    });
    host_fits && origin_fits
}

fn plain(status: StatusCode, words: &'static str) -> Response<Body> {
    respond(status, "text/plain; charset=utf-8", words.as_bytes().to_vec())
}

fn respond(status: StatusCode, content_type: &str, body: Vec<u8>) -> Response<Body> {
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, content_type)
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(header::REFERRER_POLICY, "no-referrer")
        .header("cross-origin-resource-policy", "same-origin")
        .body(Body::from(body))
        .expect("the headers are plain")
}

#[derive(serde::Deserialize)]
struct Since {
    since: u64,
}

/// Answers when something changed, or after a while, with the number of the newest state.
async fn changed(
    State(mut preview): State<Preview>,
    Query(Since { since }): Query<Since>,
) -> String {
    let newer = preview.version.wait_for(|version| *version != since);
    let _ = tokio::time::timeout(POLL, newer).await;
    preview.version.borrow().to_string()
}

async fn page(State(preview): State<Preview>, request: Request) -> Response<Body> {
    let version = *preview.version.borrow();
    let pages = preview.pages();
    let Ok(path) = percent_encoding::percent_decode_str(request.uri().path()).decode_utf8() else {
        return plain(StatusCode::BAD_REQUEST, "This address is not readable text.");
    };
    let base = pages.base_path();
    if path == "/" && base != "/" {
        return redirect(&base);
    }
    let Some(inside) = path.strip_prefix(base.as_str()) else {
        let body = with_reload(pages.not_found(), version, &pages.problems());
        return respond(StatusCode::NOT_FOUND, "text/html; charset=utf-8", body);
    };
    let file = if inside.is_empty() || inside.ends_with('/') {
        format!("{inside}index.html")
    } else {
        inside.to_owned()
    };
    // Photographs and pages are made on the spot, which takes a processor for a while.
    let asked = Arc::clone(&pages);
    let wanted = file.clone();
    let made = tokio::task::spawn_blocking(move || asked.bytes(&wanted)).await;
    match made {
        Ok(Some(Ok(bytes))) if file.ends_with(".html") => {
            let body = with_reload(bytes, version, &pages.problems());
            respond(StatusCode::OK, "text/html; charset=utf-8", body)
        }
        Ok(Some(Ok(bytes))) => respond(StatusCode::OK, media_type(&file), bytes),
        Ok(None) => {
            if pages.bytes(&format!("{file}/index.html")).is_some() {
                return redirect(&format!("{base}{file}/"));
            }
            let body = with_reload(pages.not_found(), version, &pages.problems());
            respond(StatusCode::NOT_FOUND, "text/html; charset=utf-8", body)
        }
        Ok(Some(Err(words))) => {
            // It comes back by itself, too, when what was wrong is mended.
            let page = format!(
                "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Not yet</title>\
                 <body><h1>This page could not be made</h1><p>{}</p></body>",
                escape(&words)
            );
            let body = with_reload(page.into_bytes(), version, &pages.problems());
            respond(StatusCode::INTERNAL_SERVER_ERROR, "text/html; charset=utf-8", body)
        }
        Err(_) => plain(StatusCode::INTERNAL_SERVER_ERROR, "This page could not be made."),
    }
}

fn redirect(to: &str) -> Response<Body> {
    let encoded = percent_encoding::utf8_percent_encode(to, &UNSAFE_IN_PATH).to_string();
    Response::builder()
        .status(StatusCode::TEMPORARY_REDIRECT)
        .header(header::LOCATION, encoded)
        .body(Body::empty())
        .expect("an encoded path is a header")
}

const UNSAFE_IN_PATH: percent_encoding::AsciiSet = percent_encoding::CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'#')
    .add(b'\\')
    .add(b'%');

/// The script that asks whether something changed; the page's own policy must allow it.
fn reload_script(version: u64) -> String {
    format!(
        "let v={version};(async()=>{{for(;;){{try{{const r=await fetch(\"{CHANGED_PATH}?since=\"+v);\
         const n=Number(await r.text());if(r.ok&&n!==v)return location.reload()}}\
         catch{{await new Promise(d=>setTimeout(d,1000))}}}}}})()"
    )
}

/// How the note looks, whatever the theme; allowed by its hash.
const NOTE_STYLE: &str = "\
#selvedge-note{background:#fff4e5;color:#3b1d00;border:2px solid #b35900;padding:.75rem 1rem;\
font:1rem/1.5 system-ui,sans-serif;text-align:left;direction:ltr}\
#selvedge-note summary{font-weight:700;cursor:pointer}\
#selvedge-note[open]{position:sticky;top:0;z-index:9999}\
#selvedge-note pre{max-height:40vh;overflow:auto;white-space:pre-wrap;overflow-wrap:anywhere;\
font:.875rem/1.5 ui-monospace,monospace;margin:.5rem 0 0}";

/// Puts the reload script and the note about problems into a page; nothing else of it changes.
fn with_reload(html: Vec<u8>, version: u64, problems: &Problems) -> Vec<u8> {
    let Ok(mut html) = String::from_utf8(html) else { return Vec::new() };
    let script = reload_script(version);
    // The page forbids all scripts and styles that it does not name, so the preview adds its own by hash.
    const POLICY: &str = "http-equiv=\"Content-Security-Policy\" content=\"";
    if let Some(start) = html.find(POLICY).map(|at| at + POLICY.len())
        && let Some(len) = html[start..].find('"')
    {
        // Templates escape the quotes that stand around 'self'.
        let policy = html[start..start + len].replace("&#39;", "'");
        let policy = allow_own(&policy, &script);
        html.replace_range(start..start + len, &policy);
    }
    let end = html.rfind("</body>").unwrap_or(html.len());
    html.insert_str(end, &format!("<script>{script}</script>"));
    if !problems.texts.is_empty() {
        let open = if problems.has_errors { " open" } else { "" };
        let note = format!(
            "<style>{NOTE_STYLE}</style><details id=\"selvedge-note\" lang=\"en\"{open}>\
             <summary>Problems in this site's files</summary><pre>{}</pre></details>",
            escape(&problems.texts)
        );
        // Above the page, wherever that is scrolled to, so that whoever edits sees it; warnings wait below.
        let body = html.find("<body").and_then(|at| html[at..].find('>').map(|len| at + len + 1));
        let above = body.filter(|_| problems.has_errors);
        html.insert_str(above.unwrap_or(end), &note);
    }
    html.into_bytes()
}

/// The page's policy with what the preview adds: its script, the style of its note, its question.
fn allow_own(policy: &str, script: &str) -> String {
    let hash = |text: &str| {
        let digest = <sha2::Sha256 as sha2::Digest>::digest(text.as_bytes());
        format!("'sha256-{}'", data_encoding::BASE64.encode(&digest))
    };
    let mut own = vec![("script-src", hash(script)), ("style-src", hash(NOTE_STYLE))];
    let mut parts: Vec<String> = Vec::new();
    for part in policy.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let (name, sources) = part.split_once(' ').unwrap_or((part, ""));
        if name == "connect-src" {
            continue;
        }
        match own.iter().position(|(kind, _)| *kind == name) {
            Some(at) => {
                let (_, hash) = own.remove(at);
                let kept = if sources == "'none'" { "" } else { sources };
                parts.push(format!("{name} {kept} {hash}"));
            }
            None => parts.push(part.to_owned()),
        }
    }
    parts.extend(own.into_iter().map(|(kind, hash)| format!("{kind} {hash}")));
    parts.push("connect-src 'self'".to_owned());
    parts.join("; ")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read as _, Write as _};
    use std::net::TcpStream;

    struct Fixed(&'static str);

    impl Pages for Fixed {
        fn bytes(&self, path: &str) -> Option<Result<Vec<u8>, String>> {
            match path {
                "index.html" | "a/index.html" => Some(Ok(format!(
                    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src &#39;none&#39;; script-src &#39;self&#39;\"><body>{}</body>",
                    self.0
                )
                .into_bytes())),
                "x.css" => Some(Ok(b"a{}".to_vec())),
                _ => None,
            }
        }

        fn not_found(&self) -> Vec<u8> {
            b"<body>nothing here</body>".to_vec()
        }

        fn problems(&self) -> Problems {
            Problems { has_errors: self.0 == "second", texts: "<b>".to_owned() }
        }

        fn base_path(&self) -> String {
            "/shop/".to_owned()
        }
    }

    fn start(folder: &Path) -> u16 {
        let (send, receive) = std::sync::mpsc::channel();
        let options = Options { folder: folder.to_owned(), port: 0 };
        let mut count = 0;
        let load: Load = Box::new(move |changed, show| {
            count += 1;
            assert!(count == 1 || changed == ["site.toml"], "{changed:?}");
            show(Arc::new(Fixed(if count == 1 { "first" } else { "second" })));
        });
        std::thread::spawn(move || {
            run(&options, load, move |url| send.send(url).expect("a receiver"))
        });
        let url = receive.recv().expect("an address");
        url.split(':')
            .nth(2)
            .and_then(|rest| rest.split('/').next())
            .expect("a port")
            .parse()
            .expect("a port")
    }

    fn ask(port: u16, request: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
        write!(stream, "{request}\r\nConnection: close\r\n\r\n").expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    #[test]
    fn the_preview_answers_its_own_browser_only_and_reloads_on_change() {
        let folder = tempfile::tempdir().expect("a folder");
        let port = start(folder.path());
        let host = format!("Host: 127.0.0.1:{port}");
        let table = [
            (format!("GET / HTTP/1.1\r\n{host}"), "307", "location: /shop/"),
            (format!("GET /shop/ HTTP/1.1\r\n{host}"), "200", "first"),
            (format!("GET /shop/a HTTP/1.1\r\n{host}"), "307", "location: /shop/a/"),
            (format!("GET /shop/x.css HTTP/1.1\r\n{host}"), "200", "text/css"),
            (format!("GET /shop/../secret HTTP/1.1\r\n{host}"), "404", "nothing here"),
            (format!("GET /shop/ HTTP/1.1\r\nHost: evil.example:{port}"), "403", ""),
            (format!("GET /shop/ HTTP/1.1\r\n{host}\r\nOrigin: https://evil.example"), "403", ""),
            (format!("GET /shop/ HTTP/1.1\r\n{host}\r\nOrigin: null"), "403", ""),
            (format!("POST /shop/ HTTP/1.1\r\n{host}\r\nContent-Length: 0"), "405", ""),
        ];
        for (request, status, words) in table {
            let answer = ask(port, &request);
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{request}: {answer}");
            assert!(answer.contains(words), "{request}: {answer}");
            assert!(!answer.to_lowercase().contains("access-control"), "{request}: {answer}");
        }
        let page = ask(port, &format!("GET /shop/ HTTP/1.1\r\n{host}"));
        assert!(page.contains("&lt;b&gt;") && page.contains("connect-src 'self'"), "{page}");
        assert!(page.contains("default-src 'none'; script-src 'self' 'sha256-"), "{page}");

        let waiting = std::thread::spawn({
            let host = host.clone();
            move || ask(port, &format!("GET /.selvedge/changed?since=1 HTTP/1.1\r\n{host}"))
        });
        std::fs::write(folder.path().join("site.toml"), "x").expect("a change");
        let answer = waiting.join().expect("an answer");
        assert!(answer.ends_with('2'), "{answer}");
        let page = ask(port, &format!("GET /shop/ HTTP/1.1\r\n{host}"));
        assert!(page.contains("second"), "{page}");
        let place = |words: &str| page.find(words).unwrap_or_else(|| panic!("{words} in {page}"));
        assert!(place("\" open>") < place("second"), "an error stands open above the page");
    }

    #[test]
    fn what_no_page_is_made_from_is_not_watched() {
        let watched =
            [("", "/site"), ("../berta/", "/berta")].map(|(a, b)| (a.to_owned(), PathBuf::from(b)));
        for (path, expected) in [
            ("/site/products/a.md", Some("products/a.md")),
            ("/site/.git/index", None),
            ("/site/public/index.html", None),
            ("/site/products/a.md~", None),
            ("/other/x", None),
            ("/berta/products/cap.md", Some("../berta/products/cap.md")),
            ("/berta/private/diary.md", None),
        ] {
            assert_eq!(site_path(&watched, Path::new(path)).as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn what_a_member_changes_in_a_folder_beside_the_site_is_followed() {
        struct Shown(Vec<String>);
        impl Pages for Shown {
            fn bytes(&self, _: &str) -> Option<Result<Vec<u8>, String>> {
                None
            }
            fn not_found(&self) -> Vec<u8> {
                Vec::new()
            }
            fn problems(&self) -> Problems {
                Problems::default()
            }
            fn base_path(&self) -> String {
                "/".to_owned()
            }
            fn folders_beside(&self) -> Vec<String> {
                self.0.clone()
            }
        }
        let home = tempfile::tempdir().expect("a folder");
        for folder in ["site", "ana", "berta"] {
            std::fs::create_dir(home.path().join(folder)).expect("a folder");
        }
        let (told, changes) = std::sync::mpsc::channel();
        let beside = ["../ana/".to_owned(), "../berta/".to_owned()];
        // Berta joins with the first change.
        let joined = beside.to_vec();
        let load: Load = Box::new(move |changed, show| {
            show(Arc::new(Shown(joined.clone())));
            told.send(changed.to_vec()).expect("somebody listens");
        });
        let pages: Arc<dyn Pages> = Arc::new(Shown(beside[..1].to_vec()));
        let (bump, _version) = watch::channel(1_u64);
        watch_folders(&home.path().join("site"), load, Arc::new(RwLock::new(pages)), bump)
            .expect("it can be watched");
        let next = || changes.recv_timeout(Duration::from_secs(20)).expect("a change");
        std::fs::write(home.path().join("ana/cap.md"), "Warm.").expect("written");
        assert_eq!(next(), ["../ana/cap.md"]);
        // It is watched once the change before is shown; how soon that is, nobody can say.
        let mut seen = Vec::new();
        for _ in 0..100 {
            std::fs::write(home.path().join("berta/bag.md"), "Strong.").expect("written");
            if let Ok(found) = changes.recv_timeout(Duration::from_millis(200)) {
                seen = found;
                break;
            }
        }
        assert_eq!(seen, ["../berta/bag.md"]);
    }
}
