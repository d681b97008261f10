//! Publishing as a library: what goes, in which order, what is refused, and what a line leaves that breaks anywhere.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use object_store::memory::InMemory;
use object_store::path::Path as StorePath;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    ObjectStoreExt as _, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

use super::bucket::Bucket;
use super::*;
use crate::custody::leak::Watch;
use crate::model::Cloud;

type Site = BTreeMap<&'static str, &'static str>;

fn site() -> Site {
    Site::from([
        ("photos/aaaaaaaaaaaaaaaaaaaa-480.jpg", "picture a"),
        ("assets/bbbbbbbbbbbb.css", "style"),
        ("log/tile/0/000.p/3", "tile"),
        ("log/checkpoint", "three entries"),
        ("products/a/index.html", "a costs 3, photos/aaaaaaaaaaaaaaaaaaaa-480.jpg"),
        ("products/b/index.html", "b"),
        ("index.html", "home: a, b"),
        ("sitemap.xml", "a, b"),
    ])
}

/// Another picture, another price, one product gone, one new.
fn edited() -> Site {
    let mut site = site();
    site.remove("photos/aaaaaaaaaaaaaaaaaaaa-480.jpg");
    site.remove("products/b/index.html");
    site.insert("photos/cccccccccccccccccccc-480.jpg", "picture c");
    site.insert("products/a/index.html", "a costs 4, photos/cccccccccccccccccccc-480.jpg");
    site.insert("products/c/index.html", "c");
    site.insert("index.html", "home: a, c");
    site.insert("sitemap.xml", "a, c");
    site
}

fn goods(site: &Site) -> Goods<'_> {
    let files = site.keys().map(|path| (SitePath::new(path).unwrap(), wave(path, route(path))));
    Goods::new(files.collect(), |path| Ok(site[path].as_bytes().to_vec()))
}

/// What `render` says of these paths.
fn route(path: &str) -> Option<crate::render::Route> {
    use crate::render::Route;
    match path {
        "log/checkpoint" | "log/tile/0/000.p/3" => Some(Route::Signed(0)),
        _ => None,
    }
}

fn secrets() -> Secrets {
    Secrets { scanner: Watch::default().ready(), private: HashSet::new() }
}

fn options() -> Options<'static> {
    Options {
        is_trial: false,
        replace: false,
        forget_history: false,
        drop_records: false,
        at: Timestamp::UNIX_EPOCH,
        name: "A shop",
        source: Path::new("/nowhere/site"),
        home: None,
        from: Path::new("/nowhere"),
        may_ask: false,
    }
}

/// A store in memory that keeps a log, and whose line breaks after some changes.
#[derive(Debug)]
struct Line {
    store: Arc<InMemory>,
    left: AtomicUsize,
    log: Mutex<Vec<String>>,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a line")
    }
}

impl Line {
    fn to(store: &Arc<InMemory>, changes: usize) -> Arc<Self> {
        Arc::new(Self { store: Arc::clone(store), left: changes.into(), log: Mutex::default() })
    }

    fn pass(&self, what: &str, path: &StorePath) -> Result<()> {
        let mut log = self.log.lock().unwrap();
        let is_whole = self
            .left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        if is_whole.is_err() {
            let source = "the line broke".into();
            return Err(object_store::Error::Generic { store: "line", source });
        }
        log.push(format!("{what} {path}"));
        Ok(())
    }

    fn log(&self) -> Vec<String> {
        std::mem::take(&mut *self.log.lock().unwrap())
    }
}

#[async_trait]
impl ObjectStore for Line {
    async fn put_opts(
        &self,
        path: &StorePath,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        self.pass("put", path)?;
        self.store.put_opts(path, payload, options).await
    }

    async fn put_multipart_opts(
        &self,
        path: &StorePath,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.store.put_multipart_opts(path, options).await
    }

    async fn get_opts(&self, path: &StorePath, options: GetOptions) -> Result<GetResult> {
        self.log.lock().unwrap().push(format!("ask {path}"));
        self.store.get_opts(path, options).await
    }

    fn delete_stream(
        &self,
        paths: BoxStream<'static, Result<StorePath>>,
    ) -> BoxStream<'static, Result<StorePath>> {
        // One at a time is asked for.
        let path = futures_util::FutureExt::now_or_never(paths.into_future());
        let Some((Some(Ok(path)), _)) = path else { panic!("a path that is there") };
        if let Err(error) = self.pass("remove", &path) {
            return futures_util::stream::iter([Err(error)]).boxed();
        }
        self.store.delete_stream(futures_util::stream::iter([Ok(path)]).boxed())
    }

    fn list(&self, prefix: Option<&StorePath>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.store.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&StorePath>) -> Result<ListResult> {
        self.store.list_with_delimiter(prefix).await
    }

    async fn copy_opts(
        &self,
        from: &StorePath,
        to: &StorePath,
        options: CopyOptions,
    ) -> Result<()> {
        self.store.copy_opts(from, to, options).await
    }
}

fn send(
    line: &Arc<Line>,
    site: &Site,
    options: Options<'_>,
) -> std::result::Result<Published, PublishError> {
    let bucket = Bucket::of(Arc::clone(line) as Arc<dyn ObjectStore>, "shop");
    super::bucket::publish(&goods(site), &secrets(), &bucket, options, &|_, _, _| {})
}

/// What stands there, without the list.
fn standing(store: &InMemory) -> BTreeMap<String, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut found = BTreeMap::new();
    for meta in runtime.block_on(store.list(None).collect::<Vec<_>>()) {
        let path = meta.unwrap().location;
        let bytes = runtime.block_on(async { store.get(&path).await?.bytes().await }).unwrap();
        let name = path.as_ref().strip_prefix("shop/").unwrap_or(path.as_ref()).to_owned();
        found.insert(name, String::from_utf8(bytes.to_vec()).unwrap());
    }
    found.remove(".selvedge-manifest");
    found
}

fn as_found(site: &Site) -> BTreeMap<String, String> {
    site.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

const WHOLE: usize = usize::MAX;

#[test]
fn the_second_time_nothing_is_sent_and_afterwards_only_what_differs() {
    let store = Arc::new(InMemory::new());
    let line = Line::to(&store, WHOLE);
    let first = send(&line, &site(), options()).unwrap();
    assert_eq!((first.sent.len(), first.unchanged), (8, 0));
    assert_eq!(standing(&store), as_found(&site()));
    line.log();
    let again = send(&line, &site(), options()).unwrap();
    assert!(again.is_nothing());
    assert_eq!(line.log(), ["ask shop/.selvedge-manifest"], "the list says it all");

    let trial = send(&line, &edited(), Options { is_trial: true, ..options() }).unwrap();
    assert_eq!(standing(&store), as_found(&site()));
    line.log();
    let second = send(&line, &edited(), options()).unwrap();
    assert_eq!(second, trial);
    assert_eq!(standing(&store), as_found(&edited()));
    assert_eq!((second.sent.len(), second.unchanged, second.removed.len()), (5, 3, 2));
    let changes: Vec<String> =
        line.log().into_iter().filter(|line| !line.starts_with("ask")).collect();
    let removals =
        ["remove shop/photos/aaaaaaaaaaaaaaaaaaaa-480.jpg", "remove shop/products/b/index.html"];
    let mut ordered = changes.clone();
    ordered[4..6].sort();
    ordered[6..8].sort();
    assert_eq!(
        ordered,
        [
            "put shop/.selvedge-manifest",
            "put shop/photos/cccccccccccccccccccc-480.jpg",
            "put shop/products/c/index.html",
            "put shop/products/a/index.html",
            "put shop/index.html",
            "put shop/sitemap.xml",
            removals[0],
            removals[1],
            "put shop/.selvedge-manifest",
        ]
    );
}

#[test]
fn wherever_the_line_breaks_no_page_comes_before_its_parts_and_the_next_run_sends_the_rest() {
    for from in [Site::new(), site()] {
        for stop in 0.. {
            let store = Arc::new(InMemory::new());
            if !from.is_empty() {
                send(&Line::to(&store, WHOLE), &from, options()).unwrap();
            }
            let line = Line::to(&store, stop);
            let done = send(&line, &edited(), options());
            let there = standing(&store);
            for text in there.values() {
                for word in text.split([' ', ',']).filter(|word| word.starts_with("photos/")) {
                    assert!(there.contains_key(word), "at {stop}: {word}");
                }
            }
            if there.get("index.html").is_some_and(|home| home == "home: a, c") {
                assert!(there.contains_key("products/c/index.html"));
            }
            let sent: Vec<String> =
                line.log().into_iter().filter(|line| line.starts_with("put ")).collect();
            if done.is_ok() {
                assert_eq!(there, as_found(&edited()));
                assert!(stop > 6);
                break;
            }
            let line = Line::to(&store, WHOLE);
            send(&line, &edited(), options()).unwrap();
            assert_eq!(standing(&store), as_found(&edited()), "at {stop}");
            let again = line.log();
            let twice = sent.iter().filter(|put| again.contains(put) && !put.contains("manifest"));
            assert_eq!(twice.count(), 0, "at {stop}");
            // And back: what a broken run sent is known as ours.
            send(&Line::to(&store, WHOLE), &site(), options()).unwrap();
            assert_eq!(standing(&store), as_found(&site()), "at {stop}");
        }
    }
}

#[test]
fn a_site_that_changes_after_a_broken_run_leaves_nothing_behind() {
    for stop in 1..9 {
        let store = Arc::new(InMemory::new());
        let _ = send(&Line::to(&store, stop), &site(), options());
        send(&Line::to(&store, WHOLE), &edited(), options()).unwrap();
        assert_eq!(standing(&store), as_found(&edited()), "at {stop}");
    }
}

#[test]
fn files_of_others_are_neither_overwritten_nor_removed() {
    let store = Arc::new(InMemory::new());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let put = |path: &str| {
        runtime.block_on(store.put(&StorePath::from(path), PutPayload::from("theirs"))).unwrap();
    };
    put("shop/index.html");
    put("shop/notes.txt");
    put("index.html");
    let line = Line::to(&store, WHOLE);
    let error = send(&line, &site(), options()).unwrap_err();
    assert!(matches!(&error, PublishError::Foreign(paths) if paths.len() == 1), "{error}");
    assert!(!line.log().iter().any(|line| line.starts_with("put")));
    send(&line, &site(), Options { replace: true, ..options() }).unwrap();
    send(&line, &edited(), options()).unwrap();
    let there = standing(&store);
    assert_eq!(there["notes.txt"], "theirs");
    assert_eq!(there["products/c/index.html"], "c");
}

#[test]
fn nothing_is_sent_of_a_site_with_secrets() {
    let mut watch = Watch::default();
    watch.know_text("the password of the host", "correct horse battery");
    let private = HashSet::from([Sha256::digest(b"picture a").into()]);
    let secrets = Secrets { scanner: watch.ready(), private };
    let mut site = site();
    site.insert("b/index.html", "say correct horse battery");
    site.insert("c/index.html", "-----BEGIN PRIVATE KEY-----");
    let store = Arc::new(InMemory::new());
    let line = Line::to(&store, WHOLE);
    let bucket = Bucket::of(Arc::clone(&line) as Arc<dyn ObjectStore>, "shop");
    let error = super::bucket::publish(&goods(&site), &secrets, &bucket, options(), &|_, _, _| {})
        .unwrap_err();
    let PublishError::Secrets(found) = &error else { panic!("{error}") };
    let found: Vec<String> =
        found.iter().map(|one| format!("{}: {}", one.path, one.leak.what)).collect();
    assert_eq!(
        found,
        [
            "b/index.html: the password of the host",
            "c/index.html: a private key (PEM)",
            "photos/aaaaaaaaaaaaaaaaaaaa-480.jpg: a file of the folder private",
        ]
    );
    assert!(line.log().is_empty());
}

#[test]
fn settings_of_each_cloud_are_understood_and_what_is_missing_is_named() {
    let account = |settings: &[(&str, &str)]| Account {
        settings: settings
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        ..Account::default()
    };
    let open = |cloud, account: &Account| Bucket::open(cloud, "shop", "", account).map(drop);
    let key = r#"{"type":"service_account","private_key":"unused","private_key_id":"1","client_email":"a@b.example","disable_oauth":true}"#;
    for (cloud, whole) in [
        (
            Cloud::S3,
            account(&[
                ("AWS_ACCESS_KEY_ID", "a"),
                ("AWS_SECRET_ACCESS_KEY", "b"),
                ("AWS_REGION", "auto"),
            ]),
        ),
        (Cloud::Google, account(&[("GOOGLE_SERVICE_ACCOUNT_KEY", key)])),
        (
            Cloud::Azure,
            account(&[("AZURE_STORAGE_ACCOUNT_NAME", "a"), ("AZURE_STORAGE_ACCOUNT_KEY", "YWJj")]),
        ),
    ] {
        open(cloud, &whole).unwrap_or_else(|error| panic!("{cloud:?}: {error}"));
        let words = open(cloud, &account(&[])).unwrap_err().to_string();
        assert!(words.contains("is not known: set"), "{words}");
        let plain =
            Account { endpoint: Some("http://storage.example".to_owned()), ..whole.clone() };
        let words = open(cloud, &plain).unwrap_err().to_string();
        assert!(words.contains("use https://"), "{words}");
        let secrets: Vec<(&str, &str)> = whole.secrets().collect();
        assert!(cloud == Cloud::Google || secrets.len() == 1, "{secrets:?}");
        assert!(!format!("{whole:?}").contains("YWJj"));
    }
}
