//! Where a site is published to, as a person writes it.

use std::fmt;

/// A place that takes a published site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A folder of this machine, as written: `/srv/shop`, `../site`.
    Folder(String),
    /// A branch of a git repository, as hosts of Pages read it.
    Git {
        /// The name of a remote of the site's own repository, or the address of any repository.
        remote: String,
        /// The branch.
        branch: String,
    },
    /// A bucket of an object storage, and the way in it.
    Bucket {
        /// Whose protocol it speaks.
        cloud: Cloud,
        /// The bucket, or the container.
        bucket: String,
        /// The way in it, with no slash at either end; empty for the whole bucket.
        prefix: String,
    },
}

/// The protocol of an object storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cloud {
    /// Amazon S3, and the many hosts that speak the same.
    S3,
    /// Google Cloud Storage.
    Google,
    /// Azure Blob Storage.
    Azure,
}

impl Cloud {
    /// Every protocol with the beginning of its addresses.
    pub const ALL: [(Self, &'static str); 3] =
        [(Self::S3, "s3://"), (Self::Google, "gs://"), (Self::Azure, "az://")];

    fn scheme(self) -> &'static str {
        Self::ALL.iter().find(|(cloud, _)| *cloud == self).map_or("", |(_, scheme)| scheme)
    }
}

/// The remote of a git target that names none.
const REMOTE: &str = "origin";

/// Why a text is no target; completes "… ".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TargetError(&'static str);

impl fmt::Display for TargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for TargetError {}

impl Target {
    /// What can be written, for a hint.
    pub const EXAMPLES: &'static str = "write a folder, git:gh-pages, git:ADDRESS#BRANCH, s3://BUCKET, gs://BUCKET or az://CONTAINER";

    /// Parses `s3://bucket/way`, `gs://…`, `az://…`, `git:BRANCH`, `git:ADDRESS#BRANCH`, or a folder.
    ///
    /// # Errors
    /// If it is none of these; names of buckets and branches are held to the rules that all hosts share.
    pub fn parse(text: &str) -> Result<Self, TargetError> {
        let text = text.trim();
        if text.is_empty() || text.chars().any(char::is_control) {
            return Err(TargetError("this names no place"));
        }
        if let Some(rest) = text.strip_prefix("git:") {
            return Self::git(rest);
        }
        for (cloud, scheme) in Cloud::ALL {
            if let Some(rest) = text.strip_prefix(scheme) {
                return Self::bucket(cloud, rest);
            }
        }
        if text.contains("://") {
            return Err(TargetError("nothing can be published to an address of this kind"));
        }
        // A later command must not take it for one of its options.
        if text.starts_with('-') {
            return Err(TargetError("the name of a folder cannot start with a hyphen here"));
        }
        Ok(Self::Folder(text.to_owned()))
    }

    fn git(rest: &str) -> Result<Self, TargetError> {
        let (remote, branch) = rest.rsplit_once('#').unwrap_or((REMOTE, rest));
        if !is_branch(branch) {
            return Err(TargetError("this is not the name of a git branch"));
        }
        if remote.is_empty() || remote.starts_with('-') || remote.contains(char::is_whitespace) {
            return Err(TargetError("this is not the address of a git repository"));
        }
        // `ext::` and the like run programs that the address names.
        if remote.contains("::") && !remote.contains("://[") {
            return Err(TargetError("this is not the address of a git repository"));
        }
        Ok(Self::Git { remote: remote.to_owned(), branch: branch.to_owned() })
    }

    fn bucket(cloud: Cloud, rest: &str) -> Result<Self, TargetError> {
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-$".contains(c);
        if bucket.is_empty() || bucket.len() > 222 || !bucket.chars().all(is_plain) {
            return Err(TargetError("this is not the name of a bucket"));
        }
        let prefix = prefix.trim_matches('/');
        let is_part = |part: &str| {
            !part.is_empty() && part != "." && part != ".." && part.chars().all(is_plain)
        };
        if !prefix.is_empty() && !prefix.split('/').all(is_part) {
            return Err(TargetError(
                "the way in the bucket has signs that addresses cannot have everywhere; use letters, digits and hyphens",
            ));
        }
        Ok(Self::Bucket { cloud, bucket: bucket.to_owned(), prefix: prefix.to_owned() })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => f.write_str(path),
            Self::Git { remote, branch } if remote == REMOTE => write!(f, "git:{branch}"),
            Self::Git { remote, branch } => write!(f, "git:{}#{branch}", without_password(remote)),
            Self::Bucket { cloud, bucket, prefix } if prefix.is_empty() => {
                write!(f, "{}{bucket}", cloud.scheme())
            }
            Self::Bucket { cloud, bucket, prefix } => {
                write!(f, "{}{bucket}/{prefix}", cloud.scheme())
            }
        }
    }
}

/// An address as it may be shown: without the token that some people write into it.
fn without_password(remote: &str) -> String {
    let Some((scheme, rest)) = remote.split_once("://") else { return remote.to_owned() };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or(authority);
    format!("{scheme}://{host}{path}")
}

/// Whether git takes this for the name of a branch (the rules of `git check-ref-format`, and a little stricter).
fn is_branch(name: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && !part.ends_with('.')
            && !part.ends_with(".lock")
    };
    name.len() <= 200
        && !name.starts_with('-')
        && name != "HEAD"
        && !name.contains("..")
        && !name.contains("@{")
        && name != "@"
        && !name.contains(|c: char| c.is_control() || c.is_whitespace() || "~^:?*[\\#".contains(c))
        && name.split('/').all(is_part)
}

/// How and where a site is published, as site.toml says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Publish {
    /// Where to.
    pub to: Option<Target>,
    /// The address of a host that speaks a cloud's protocol; the cloud's own if there is none.
    pub endpoint: Option<String>,
    /// The region of the bucket, where the host asks for one.
    pub region: Option<String>,
    /// Whether hosts that read `_headers` are told how long to keep what.
    pub headers: bool,
    /// Whether links name `index.html`, for hosts that do not look for it.
    pub full_links: bool,
    /// Whether a git branch holds the newest state alone, without those before it.
    pub forget_history: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_parsed_as_written_and_shown_so() {
        let git = |remote: &str, branch: &str| Target::Git {
            remote: remote.to_owned(),
            branch: branch.to_owned(),
        };
        let bucket = |cloud, bucket: &str, prefix: &str| Target::Bucket {
            cloud,
            bucket: bucket.to_owned(),
            prefix: prefix.to_owned(),
        };
        for (text, target, shown) in [
            ("../site", Target::Folder("../site".to_owned()), "../site"),
            ("C:\\site", Target::Folder("C:\\site".to_owned()), "C:\\site"),
            ("git:gh-pages", git("origin", "gh-pages"), "git:gh-pages"),
            ("git:upstream#a/b", git("upstream", "a/b"), "git:upstream#a/b"),
            (
                "git:https://me:token@host.example/me/pages.git#pages",
                git("https://me:token@host.example/me/pages.git", "pages"),
                "git:https://host.example/me/pages.git#pages",
            ),
            (
                "git:https://token@host.example/me/pages@home.git#pages",
                git("https://token@host.example/me/pages@home.git", "pages"),
                "git:https://host.example/me/pages@home.git#pages",
            ),
            (
                "git:git@host.example:me/pages.git#pages",
                git("git@host.example:me/pages.git", "pages"),
                "git:git@host.example:me/pages.git#pages",
            ),
            ("s3://shop", bucket(Cloud::S3, "shop", ""), "s3://shop"),
            ("s3://shop/", bucket(Cloud::S3, "shop", ""), "s3://shop"),
            (
                "gs://shop.example/a/b/",
                bucket(Cloud::Google, "shop.example", "a/b"),
                "gs://shop.example/a/b",
            ),
            ("az://$web", bucket(Cloud::Azure, "$web", ""), "az://$web"),
        ] {
            assert_eq!(Target::parse(text), Ok(target.clone()), "{text}");
            assert_eq!(target.to_string(), shown);
        }
    }

    #[test]
    fn what_is_no_target_is_refused() {
        for text in [
            "",
            "  ",
            "a\nb",
            "-rf",
            "https://shop.example/",
            "ftp://shop.example",
            "git:",
            "git:-f",
            "git:a b",
            "git:a..b",
            "git:a.lock",
            "git:HEAD",
            "git:refs:heads",
            "git:ext::sh -c x#main",
            "git:ext::sh#main",
            "git:--upload-pack=x#main",
            "s3://",
            "s3:///a",
            "s3://a b",
            "s3://shop/../x",
            "s3://shop/a//b",
            "gs://shop/ü",
        ] {
            assert!(Target::parse(text).is_err(), "{text:?}");
        }
    }
}
