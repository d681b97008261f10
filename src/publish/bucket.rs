//! To object storage: Amazon S3 and all that speak its protocol, Google Cloud Storage, Azure Blob Storage.
//!
//! Storage keeps no order and has no transactions, so a run goes like this:
//!
//! 1. What is listed there is held against the list of what we sent. A file that changed since (it is newer than that list), or
//!    that the list is unsure of, is asked for the digest that we gave it along as metadata.
//! 2. If anything is to be done, the list is written first, with `?` before all that will be sent or removed. Whatever happens
//!    from now on, the next run knows what is ours and looks at it.
//! 3. The files go up wave by wave, removals follow, and the list is written again, with digests.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use data_encoding::HEXLOWER;
use futures_util::TryStreamExt as _;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::path::Path as StorePath;
use object_store::{
    Attribute, Attributes, BackoffConfig, ClientOptions, GetOptions, ObjectStore,
    ObjectStoreExt as _, PutOptions, PutPayload, RetryConfig,
};

use super::manifest::{self, Facts, Listed, Manifest};
use super::{
    Counter, Goods, Item, Options, Progress, PublishError, Published, Secrets, Step, Stock,
    cache_control, expect_lasting, in_order, sent,
};
use crate::fetch::{StorageClient, admit};
use crate::model::Cloud;
use crate::render::media_type;
use crate::write::{MANIFEST, SitePath};

/// How many files go up at once.
const AT_ONCE: usize = 16;
/// The metadata by which a file of ours is known: the version of the rules for its headers, and its SHA-256.
const MARK: &str = "selvedge";
/// Changes when files should be sent again though their bytes are the same, for other headers.
const RULES: &str = "1";

/// Who one is at a host, and where it is.
#[derive(Clone, Default)]
pub struct Account {
    /// The address of a host that speaks the cloud's protocol; the cloud's own if there is none.
    pub endpoint: Option<String>,
    /// The region of the bucket.
    pub region: Option<String>,
    /// Settings by the names that they have in the environment, such as `AWS_ACCESS_KEY_ID`.
    pub settings: BTreeMap<String, String>,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("endpoint", &self.endpoint)
            .field("region", &self.region)
            .field("settings", &self.settings.keys())
            .finish()
    }
}

impl Account {
    /// Whether a variable of the environment is one of these settings.
    #[must_use]
    pub fn takes(name: &str) -> bool {
        ["AWS_", "GOOGLE_", "AZURE_"].iter().any(|begin| name.starts_with(begin))
    }

    /// The settings that nobody else may know, with their names.
    pub fn secrets(&self) -> impl Iterator<Item = (&str, &str)> {
        const SECRET: [&str; 5] = ["SECRET", "PASSWORD", "TOKEN", "ACCOUNT_KEY", "SAS_KEY"];
        self.settings
            .iter()
            .filter(|(name, _)| {
                SECRET.iter().any(|part| name.contains(part)) && !name.contains("FILE")
            })
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    fn has(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.settings.get(*name).is_some_and(|value| !value.is_empty()))
    }
}

/// A bucket, or a part of it.
pub(super) struct Bucket {
    store: Arc<dyn ObjectStore>,
    prefix: String,
    runtime: tokio::runtime::Runtime,
}

/// What is listed there of one file.
#[derive(Clone, Copy, Debug)]
struct Standing {
    len_bytes: u64,
    changed_ms: i64,
}

impl Bucket {
    pub(super) fn open(
        cloud: Cloud,
        bucket: &str,
        prefix: &str,
        account: &Account,
    ) -> Result<Self, PublishError> {
        if let Some(endpoint) = &account.endpoint {
            admit(endpoint).map_err(|error| {
                PublishError::Place(format!(
                    "{endpoint} cannot be used as an endpoint: {}",
                    error.why
                ))
            })?;
        }
        let store = match cloud {
            Cloud::S3 => s3(bucket, account),
            Cloud::Google => google(bucket, account),
            Cloud::Azure => azure(bucket, account),
        }?;
        Ok(Self::of(store, prefix))
    }

    pub(super) fn of(store: Arc<dyn ObjectStore>, prefix: &str) -> Self {
        // For the pauses between two attempts; the work itself is done by the threads that ask for it.
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_time().build();
        let runtime = runtime.expect("this machine can start one more thread");
        Self { store, prefix: prefix.to_owned(), runtime }
    }

    fn path(&self, path: &str) -> Result<StorePath, Trouble> {
        let whole = match self.prefix.as_str() {
            "" => path.to_owned(),
            prefix => format!("{prefix}/{path}"),
        };
        StorePath::parse(&whole).map_err(|error| Trouble::Words(format!("{whole}: {error}")))
    }

    /// Everything that is there.
    fn list(&self) -> Result<BTreeMap<String, Standing>, Trouble> {
        let prefix = match self.prefix.as_str() {
            "" => None,
            prefix => {
                Some(StorePath::parse(prefix).map_err(|error| Trouble::Words(error.to_string()))?)
            }
        };
        let found: Vec<_> =
            self.runtime.block_on(self.store.list(prefix.as_ref()).try_collect())?;
        let strip = |path: &str| match self.prefix.as_str() {
            "" => Some(path.to_owned()),
            prefix => path.strip_prefix(prefix)?.strip_prefix('/').map(str::to_owned),
        };
        Ok(found
            .into_iter()
            .filter_map(|meta| {
                let standing = Standing {
                    len_bytes: meta.size,
                    changed_ms: meta.last_modified.timestamp_millis(),
                };
                Some((strip(meta.location.as_ref())?, standing))
            })
            .collect())
    }

    fn manifest(&self) -> Result<Option<Vec<u8>>, Trouble> {
        let path = self.path(MANIFEST)?;
        let got = self.runtime.block_on(async { self.store.get(&path).await?.bytes().await });
        match got {
            Ok(bytes) => Ok(Some(bytes.to_vec())),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The mark of a file of ours; `None` if it bears none.
    fn mark(&self, path: &SitePath) -> Result<Option<String>, Trouble> {
        let path = self.path(path.as_str())?;
        let options = GetOptions { head: true, ..GetOptions::default() };
        match self.runtime.block_on(self.store.get_opts(&path, options)) {
            Ok(got) => {
                let mark = got.attributes.get(&Attribute::Metadata(MARK.into()));
                Ok(mark.map(|mark| mark.to_string()))
            }
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn put(&self, path: &str, bytes: Vec<u8>, mark: &str) -> Result<(), Trouble> {
        let mut attributes = Attributes::new();
        let media_type =
            if path == MANIFEST { "text/plain; charset=utf-8" } else { media_type(path) };
        attributes.insert(Attribute::ContentType, media_type.into());
        attributes.insert(Attribute::CacheControl, cache_control(path).into());
        attributes.insert(Attribute::Metadata(MARK.into()), mark.to_owned().into());
        let options = PutOptions { attributes, ..PutOptions::default() };
        let path = self.path(path)?;
        self.runtime.block_on(self.store.put_opts(&path, PutPayload::from(bytes), options))?;
        Ok(())
    }

    fn put_manifest(&self, manifest: &Manifest) -> Result<(), Trouble> {
        let bytes = manifest::write(manifest).into_bytes();
        let mark = mark_of(&super::facts(&bytes));
        self.put(MANIFEST, bytes, &mark)
    }

    fn remove(&self, path: &SitePath) -> Result<(), Trouble> {
        let path = self.path(path.as_str())?;
        match self.runtime.block_on(self.store.delete(&path)) {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

fn mark_of(facts: &Facts) -> String {
    format!("{RULES}-{}", HEXLOWER.encode(&facts.sha256))
}

/// What is at the place, told apart.
struct Found<'i> {
    sendings: Vec<(&'i Item, bool)>,
    removals: Vec<SitePath>,
    kept: Vec<SitePath>,
    /// What we put there and is as it should be.
    unchanged: Vec<&'i Item>,
    foreign: Vec<SitePath>,
    /// Whether the list there is as it should be when nothing is to be done.
    is_listed: bool,
}

pub(super) fn publish(
    goods: &Goods<'_>,
    secrets: &Secrets,
    bucket: &Bucket,
    options: Options<'_>,
    progress: Progress<'_>,
) -> Result<Published, PublishError> {
    let Stock(items) = Stock::take(goods, secrets, None, progress)?;
    let place = |trouble: Trouble| PublishError::Place(trouble.to_string());
    let found = look(&items, bucket, progress).map_err(place)?;
    if !found.foreign.is_empty() && !options.replace {
        return Err(PublishError::Foreign(found.foreign));
    }
    expect_lasting(&found.removals, &items, options)?;
    let sendings = in_order(found.sendings);
    let done = Published {
        sent: sent(&sendings),
        removed: found.removals,
        unchanged: found.unchanged.len(),
        kept: found.kept,
        has_forgotten: false,
    };
    if options.is_trial || (done.is_nothing() && found.is_listed) {
        return Ok(done);
    }
    let sure = |item: &Item| (item.path.clone(), Listed::Sent(item.facts));
    let mut list: Manifest = found.unchanged.iter().map(|item| sure(item)).collect();
    let touched = sendings.iter().map(|(item, _)| &item.path).chain(&done.removed);
    list.extend(touched.map(|path| (path.clone(), Listed::Unsure)));
    if !done.is_nothing() {
        bucket.put_manifest(&list).map_err(place)?;
    }
    let counter = Counter::new(sendings.len(), progress, Step::Sending);
    let broken =
        |why: String| PublishError::Broken { sent: counter.done(), of: sendings.len(), why };
    for turn in sendings.chunk_by(|(a, a_new), (b, b_new)| (a.wave, a_new) == (b.wave, b_new)) {
        at_once(turn, |(item, _)| {
            let bytes = goods.bytes_of(item).map_err(|error| Trouble::Words(error.to_string()))?;
            bucket.put(item.path.as_str(), bytes, &mark_of(&item.facts))?;
            counter.step();
            Ok(())
        })
        .map_err(|trouble| broken(trouble.to_string()))?;
    }
    let removing = Counter::new(done.removed.len(), progress, Step::Removing);
    at_once(&done.removed, |path| {
        bucket.remove(path)?;
        removing.step();
        Ok(())
    })
    .map_err(|trouble| broken(trouble.to_string()))?;
    let list: Manifest = items.iter().map(sure).collect();
    bucket.put_manifest(&list).map_err(|trouble| broken(trouble.to_string()))?;
    Ok(done)
}

/// Compares the site with what is there.
fn look<'i>(
    items: &'i [Item],
    bucket: &Bucket,
    progress: Progress<'_>,
) -> Result<Found<'i>, Trouble> {
    let standing = bucket.list()?;
    let listed_at = standing.get(MANIFEST).map(|manifest| manifest.changed_ms);
    let bytes = match listed_at {
        Some(_) => bucket.manifest()?,
        None => None,
    };
    let known = bytes.as_deref().and_then(manifest::parse).unwrap_or_default();
    let is_newer = |there: &Standing| listed_at.is_none_or(|listed| there.changed_ms > listed);

    let mut sendings = Vec::new();
    let mut unchanged = Vec::new();
    let mut asked: Vec<&Item> = Vec::new();
    for item in items {
        match (standing.get(item.path.as_str()), known.get(&item.path)) {
            (None, _) => sendings.push((item, true)),
            (Some(there), Some(Listed::Sent(facts)))
                if !is_newer(there) && there.len_bytes == facts.len_bytes =>
            {
                match *facts == item.facts {
                    true => unchanged.push(item),
                    false => sendings.push((item, false)),
                }
            }
            _ => asked.push(item),
        }
    }
    let gone: Vec<&SitePath> = known
        .keys()
        .filter(|path| items.binary_search_by(|item| item.path.cmp(path)).is_err())
        .filter(|path| standing.contains_key(path.as_str()))
        .collect();
    let (sure, unsure): (Vec<&SitePath>, Vec<&SitePath>) = gone.into_iter().partition(|path| {
        matches!(known[*path], Listed::Sent(_)) && !is_newer(&standing[path.as_str()])
    });

    let questions: Vec<&SitePath> =
        asked.iter().map(|item| &item.path).chain(unsure.iter().copied()).collect();
    let counter = Counter::new(questions.len(), progress, Step::Asking);
    let answers: Mutex<BTreeMap<&SitePath, Option<String>>> = Mutex::default();
    at_once(&questions, |path| {
        let mark = bucket.mark(path)?;
        answers.lock().expect("no thread panics while it holds this").insert(path, mark);
        counter.step();
        Ok(())
    })?;
    let answers = answers.into_inner().expect("no thread panics while it holds this");
    let mut foreign = Vec::new();
    for item in asked {
        match answers.get(&item.path).and_then(Option::as_deref) {
            Some(mark) if mark == mark_of(&item.facts) => unchanged.push(item),
            mark => {
                if mark.is_none() && !known.contains_key(&item.path) {
                    foreign.push(item.path.clone());
                }
                sendings.push((item, false));
            }
        }
    }
    let mut removals: Vec<SitePath> = sure.into_iter().cloned().collect();
    let mut kept = Vec::new();
    for path in unsure {
        match answers.get(path).and_then(Option::as_deref) {
            Some(_) => removals.push(path.clone()),
            None => kept.push(path.clone()),
        }
    }
    removals.sort();
    let is_listed = known.len() == items.len()
        && items.iter().all(|item| known.get(&item.path) == Some(&Listed::Sent(item.facts)));
    Ok(Found { sendings, removals, kept, unchanged, foreign, is_listed })
}

/// Does something with each of several, on a few threads; the first trouble stops the rest.
fn at_once<T: Sync>(
    all: &[T],
    one: impl Fn(&T) -> Result<(), Trouble> + Sync,
) -> Result<(), Trouble> {
    let next = AtomicUsize::new(0);
    let is_over = AtomicBool::new(false);
    let first: Mutex<Option<Trouble>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(all.len()) {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed)
                    && let Some(it) = all.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    if let Err(trouble) = one(it) {
                        is_over.store(true, Ordering::Relaxed);
                        let mut first = first.lock().expect("no thread panics while it holds this");
                        first.get_or_insert(trouble);
                    }
                }
            });
        }
    });
    match first.into_inner().expect("no thread panics while it holds this") {
        Some(trouble) => Err(trouble),
        None => Ok(()),
    }
}

/// What a host answered, or that it did not.
#[derive(Debug)]
enum Trouble {
    Store(object_store::Error),
    Words(String),
}

impl From<object_store::Error> for Trouble {
    fn from(error: object_store::Error) -> Self {
        Self::Store(error)
    }
}

/// What hosts answer, and what it means. The first that fits is said.
const ANSWERS: [(&str, &str); 14] = [
    (
        "RequestTimeTooSkewed",
        "the clock of this computer is wrong, so the host refuses; set it right",
    ),
    (
        "SignatureDoesNotMatch",
        "the host refuses the secret key: it does not belong to the key id, or was copied badly",
    ),
    (
        "InvalidAccessKeyId",
        "the host does not know the access key; was it copied whole, and is the endpoint right?",
    ),
    ("ExpiredToken", "the session token is over; get a new one"),
    ("AuthorizationHeaderMalformed", "the region is not that of the bucket; give it with --region"),
    ("PermanentRedirect", "the bucket is in another region; give it with --region"),
    ("BareRedirect", "the bucket is in another region; give it with --region"),
    ("without LOCATION", "the bucket is in another region; give it with --region"),
    ("NoSuchBucket", "there is no bucket of that name; make it at the host first"),
    ("ContainerNotFound", "there is no container of that name; make it at the host first"),
    (
        "AccessDenied",
        "the host does not let this key do that: it needs leave to list, read, write and delete in the bucket",
    ),
    ("AuthenticationFailed", "the host refuses the account's key"),
    ("AuthorizationFailure", "the host refuses the account's key"),
    ("QuotaExceeded", "the space at the host is used up"),
];

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use object_store::Error as E;
        let error = match self {
            Self::Words(words) => return f.write_str(words),
            Self::Store(error) => error,
        };
        let mut whole = error.to_string();
        let mut cause = std::error::Error::source(error);
        let mut deepest = whole.clone();
        while let Some(deeper) = cause {
            deepest = deeper.to_string();
            whole.push_str(&deepest);
            cause = deeper.source();
        }
        if let Some((_, words)) = ANSWERS.iter().find(|(mark, _)| whole.contains(mark)) {
            return f.write_str(words);
        }
        match error {
            E::NotFound { .. } => f.write_str("there is no bucket of that name; make it at the host first"),
            E::PermissionDenied { .. } => f.write_str(
                "the host does not let this key do that: it needs leave to list, read, write and delete in the bucket",
            ),
            E::Unauthenticated { .. } => f.write_str("the host refuses the key"),
            _ => match between(&whole, "<Message>", "</Message>") {
                Some(said) => write!(f, "the host answers: {}", first_line(said)),
                None => {
                    write!(f, "the host could not be reached, or broke off: {}", first_line(&deepest))
                }
            },
        }
    }
}

/// The text between two marks.
fn between<'t>(text: &'t str, from: &str, to: &str) -> Option<&'t str> {
    text.split_once(from)?.1.split_once(to).map(|(inside, _)| inside)
}

/// Of what may be a whole page.
fn first_line(text: &str) -> String {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    line.chars().take(300).collect()
}

/// Small troubles are waited out; a line that is gone is told after some seconds.
fn patience() -> RetryConfig {
    RetryConfig {
        max_retries: 4,
        retry_timeout: Duration::from_secs(60),
        backoff: BackoffConfig {
            init_backoff: Duration::from_millis(100),
            max_backoff: Duration::from_secs(3),
            base: 2.0,
        },
    }
}

fn client_options(account: &Account) -> ClientOptions {
    let is_plain =
        account.endpoint.as_ref().is_some_and(|endpoint| endpoint.starts_with("http://"));
    ClientOptions::new().with_allow_http(is_plain)
}

fn unusable(error: &object_store::Error) -> PublishError {
    PublishError::Place(format!(
        "the settings of the host cannot be used: {}",
        first_line(&error.to_string())
    ))
}

fn missing(words: &str) -> PublishError {
    PublishError::Place(words.to_owned())
}

fn s3(bucket: &str, account: &Account) -> Result<Arc<dyn ObjectStore>, PublishError> {
    let ways = [
        "AWS_ACCESS_KEY_ID",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_SKIP_SIGNATURE",
    ];
    if !account.has(&ways) {
        return Err(missing(
            "the key of the bucket is not known: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, as the host gave them to you",
        ));
    }
    let mut builder = AmazonS3Builder::new();
    for (name, value) in &account.settings {
        if let Ok(key) = name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>() {
            builder = builder.with_config(key, value);
        }
    }
    if let Some(endpoint) = &account.endpoint {
        builder = builder.with_endpoint(endpoint.trim_end_matches('/'));
    }
    if let Some(region) = &account.region {
        builder = builder.with_region(region);
    }
    builder
        .with_bucket_name(bucket)
        .with_client_options(client_options(account))
        .with_http_connector(StorageClient::new())
        .with_retry(patience())
        // One after the other: several hosts do not know the call that removes many.
        .with_disable_bulk_delete(true)
        .build()
        .map(|store| Arc::new(store) as Arc<dyn ObjectStore>)
        .map_err(|error| unusable(&error))
}

fn google(bucket: &str, account: &Account) -> Result<Arc<dyn ObjectStore>, PublishError> {
    let ways = [
        "GOOGLE_SERVICE_ACCOUNT",
        "GOOGLE_SERVICE_ACCOUNT_PATH",
        "GOOGLE_SERVICE_ACCOUNT_KEY",
        "GOOGLE_APPLICATION_CREDENTIALS",
        "GOOGLE_SKIP_SIGNATURE",
    ];
    if !account.has(&ways) {
        return Err(missing(
            "the key of the bucket is not known: set GOOGLE_SERVICE_ACCOUNT to the path of the JSON file with the service account's key",
        ));
    }
    let mut builder = GoogleCloudStorageBuilder::new();
    for (name, value) in &account.settings {
        if let Ok(key) = name.to_ascii_lowercase().parse::<GoogleConfigKey>() {
            builder = builder.with_config(key, value);
        }
    }
    if let Some(endpoint) = &account.endpoint {
        builder = builder.with_base_url(endpoint.trim_end_matches('/'));
    }
    builder
        .with_bucket_name(bucket)
        .with_client_options(client_options(account))
        .with_http_connector(StorageClient::new())
        .with_retry(patience())
        .build()
        .map(|store| Arc::new(store) as Arc<dyn ObjectStore>)
        .map_err(|error| unusable(&error))
}

fn azure(container: &str, account: &Account) -> Result<Arc<dyn ObjectStore>, PublishError> {
    if !account.has(&["AZURE_STORAGE_ACCOUNT_NAME"])
        && !account.has(&["AZURE_STORAGE_USE_EMULATOR"])
    {
        return Err(missing(
            "the account of the container is not known: set AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
        ));
    }
    let mut builder = MicrosoftAzureBuilder::new();
    for (name, value) in &account.settings {
        if let Ok(key) = name.to_ascii_lowercase().parse::<AzureConfigKey>() {
            builder = builder.with_config(key, value);
        }
    }
    if let Some(endpoint) = &account.endpoint {
        builder = builder.with_endpoint(endpoint.trim_end_matches('/').to_owned());
    }
    builder
        .with_container_name(container)
        .with_client_options(client_options(account))
        .with_http_connector(StorageClient::new())
        .with_retry(patience())
        .build()
        .map(|store| Arc::new(store) as Arc<dyn ObjectStore>)
        .map_err(|error| unusable(&error))
}
