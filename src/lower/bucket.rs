//! `static ... from bucket`: files of a store that speaks S3, as if they were the site's own.

use super::context::Context;
use super::draft::Draft;
use super::fitting::Fitted;
use super::names::Declared;
use super::nginx::{ConfDraft, variables};
use super::proxy::{ProxyDraft, SiteDraft};
use super::upstream::{PassOrigins, Server};
use crate::model::nginx::{Body, DirId, Entry};
use crate::model::port::Port;
use crate::model::values::Text;
use crate::source::Origin;
use crate::syntax::stack::tree::Arg;

/// What a store says of itself, which is nobody's business, and what it must not say for the site. Source: the common
/// response headers of the S3 API reference, and those of `MinIO`.
const HIDDEN: &[&str] = &[
    "Set-Cookie",
    "Strict-Transport-Security",
    "x-amz-bucket-region",
    "x-amz-expiration",
    "x-amz-id-2",
    "x-amz-meta-s3cmd-attrs",
    "x-amz-replication-status",
    "x-amz-request-id",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-storage-class",
    "x-amz-version-id",
];

/// Headers of a request without which a part of a file could not be had.
const PARTS: &[(&str, &str)] = &[("Range", "$http_range"), ("If-Range", "$http_if_range")];

/// The authorities that the images of nginx know.
const AUTHORITIES: &str = "/etc/ssl/certs/ca-certificates.crt";

/// A `proxy_cache` of small files, in memory as everything that nginx writes.
const CACHE: &str = "bucket";

/// Holds 1 for a file that is too large to be kept in memory.
const LARGE: &str = "$bucket_large";

const HTTPS: &str = "https://";

/// An address of a bucket.
struct Bucket {
    scheme: &'static str,
    host: String,
    port: u16,
    /// As the header `Host` has it.
    authority: String,
    /// With a slash at its end.
    path: String,
}

impl Bucket {
    fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = match text.split_once("://")? {
            ("https", rest) => (HTTPS, rest),
            ("http", rest) => ("http://", rest),
            _ => return None,
        };
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (host, port) = match authority.split_once(':') {
            Some((host, port)) => (host, Port::parse(port)?.number()),
            None => (authority, if scheme == HTTPS { 443 } else { 80 }),
        };
        let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let is_path = |c: char| c.is_ascii_alphanumeric() || "/._-~%+@".contains(c);
        if host.is_empty() || !host.chars().all(is_host) || !path.chars().all(is_path) {
            return None;
        }
        let slash = if path.is_empty() || path.ends_with('/') { "" } else { "/" };
        Some(Self {
            scheme,
            host: host.to_owned(),
            port,
            authority: authority.to_owned(),
            path: format!("/{path}{slash}"),
        })
    }
}

impl<'t> Context<'_, 't> {
    pub(crate) fn static_bucket(
        &mut self,
        fit: &Fitted<'t>,
        site: &mut SiteDraft,
        proxy: &mut ProxyDraft<'t>,
        drafts: &[Draft<'t>],
    ) {
        let uri = self.folder_uri(fit.arg(0));
        let bucket = self.bucket(fit.arg(1));
        let location = self.location(fit, uri.as_deref().map(|uri| vec!["^~", uri]), site, proxy);
        let origin = self.origins.lowered("bucket", fit.origin);
        if let (Some(uri), Some(bucket)) = (&uri, &bucket) {
            let cache = self.origins.lowered("bucket-cache", fit.origin);
            let following = self.origins.lowered("upstream", fit.origin);
            let origins = PassOrigins { pass: fit.origin, following, address: fit.origin };
            asked(location, origin, &mut proxy.conf);
            kept(location, cache, &mut proxy.conf);
            verified(location, bucket, origin, &mut proxy.conf);
            self.handed(location, uri, bucket, origins, proxy);
            answered(location, site, origin, &mut proxy.conf);
            // Its path is the list of what is in it.
            let list = vec![Text::literal("=", origin), Text::literal(uri.clone(), origin)];
            let list = proxy.conf.open(site.server, "location", list, origin);
            proxy.conf.put(list, "return", &["404"], origin);
        }
        self.secure_static(location, site, fit, proxy);
        self.options(fit, location, site, proxy, drafts, false);
    }

    fn bucket(&mut self, arg: &Arg) -> Option<Bucket> {
        let text = self.plain(arg)?;
        let bucket = Bucket::parse(&text);
        if let Some(bucket) = &bucket {
            self.names.services.get(&bucket.host).map(Declared::refer);
        } else {
            let example = "https://media.s3.eu-central-1.amazonaws.com/";
            self.wrong_type(arg, "the address of a bucket, with its scheme and without a query", example);
        }
        bucket
    }

    fn handed(
        &mut self,
        location: DirId,
        uri: &str,
        bucket: &Bucket,
        origins: PassOrigins,
        proxy: &mut ProxyDraft<'t>,
    ) {
        let Bucket { scheme, host, port, path, .. } = bucket;
        let server = Server { host, port: *port };
        let (secure, conf) = (self.secure(), &mut proxy.conf);
        if secure && conf.resolves_by_variable() {
            // An address in a variable is taken as it is: the path is made before.
            let pattern = format!("^{}(.*)$", regex::escape(uri));
            let to = variables(&format!("{path}$1"), origins.pass);
            let words = vec![Text::literal(pattern, origins.pass), to, Text::literal("break", origins.pass)];
            conf.put_texts(location, "rewrite", words, origins.pass);
            conf.hand_to(location, "proxy_pass", server, (scheme, ""), secure, origins);
        } else {
            conf.hand_to(location, "proxy_pass", server, (scheme, path), secure, origins);
        }
    }
}

/// What the store gets of a request: a path, and nothing of who asks.
fn asked(location: DirId, origin: Origin, conf: &mut ConfDraft) {
    let words = [variables("($request_method", origin)].into_iter();
    let words = words.chain(["!~", "^(GET|HEAD)$", ")"].map(|word| Text::literal(word, origin))).collect();
    let other = conf.open(location, "if", words, origin);
    conf.put(other, "return", &["405"], origin);
    // A query would be a command to the store: `?list-type=2`, `?acl`.
    conf.put_texts(location, "set", vec![variables("$args", origin), Text::literal("", origin)], origin);
    conf.put(location, "proxy_pass_request_headers", &["off"], origin);
    conf.put(location, "proxy_pass_request_body", &["off"], origin);
}

/// Small files are kept for a while, so that the store is not asked for each of them by every visitor.
fn kept(location: DirId, origin: Origin, conf: &mut ConfDraft) {
    let http = conf.http();
    if !conf.has_bucket_cache() {
        let zone = format!("keys_zone={CACHE}:1m");
        let folder = format!("/tmp/{CACHE}");
        let words =
            [folder.as_str(), "levels=1:2", &zone, "max_size=64m", "inactive=1d", "use_temp_path=off"];
        conf.put(http, "proxy_cache_path", &words, origin);
        let entry = |key: &str, value: &str| Entry {
            key: Text::literal(key, origin),
            values: vec![Text::literal(value, origin)],
            origin,
        };
        // Eight digits: ten megabytes.
        let entries = vec![entry("default", "0"), entry(r"~^\d{8,}$", "1")];
        let words = vec![variables("$upstream_http_content_length", origin), variables(LARGE, origin)];
        let map = conf.tree_mut().push(Some(http), "map", words, Body::Table(entries), origin);
        conf.tree_mut().comment(map, "a file of a bucket that is too large to be kept in memory");
    }
    conf.put(location, "proxy_cache", &[CACHE], origin);
    conf.put(location, "proxy_cache_valid", &["200", "10m"], origin);
    // A part must not be taken for the whole.
    let unless = vec![variables(LARGE, origin), variables("$http_range", origin)];
    conf.put_texts(location, "proxy_no_cache", unless, origin);
    conf.put(location, "proxy_max_temp_file_size", &["0"], origin);
}

/// The store is who it says it is, and is asked by its own name.
fn verified(location: DirId, bucket: &Bucket, origin: Origin, conf: &mut ConfDraft) {
    if bucket.scheme == HTTPS {
        conf.put(location, "proxy_ssl_server_name", &["on"], origin);
        conf.put(location, "proxy_ssl_name", &[&bucket.host], origin);
        conf.put(location, "proxy_ssl_verify", &["on"], origin);
        conf.put(location, "proxy_ssl_verify_depth", &["3"], origin);
        conf.put(location, "proxy_ssl_trusted_certificate", &[AUTHORITIES], origin);
    }
    conf.put(location, "proxy_set_header", &["Host", &bucket.authority], origin);
    for (name, value) in PARTS {
        let words = vec![Text::literal(*name, origin), variables(value, origin)];
        conf.put_texts(location, "proxy_set_header", words, origin);
    }
    conf.put(location, "proxy_set_header", &["Connection", ""], origin);
}

/// What of the store's answer is passed on. Its own pages name it: it says 403 of what is not there, to those who may not
/// list what is.
fn answered(location: DirId, site: &SiteDraft, origin: Origin, conf: &mut ConfDraft) {
    const MISSING: &str = "@not_in_bucket";
    conf.put_texts(location, "proxy_ignore_headers", vec![Text::literal("Set-Cookie", origin)], origin);
    for name in HIDDEN {
        conf.put(location, "proxy_hide_header", &[name], origin);
    }
    conf.put(location, "proxy_intercept_errors", &["on"], origin);
    conf.put(location, "error_page", &["403", "404", "=404", MISSING], origin);
    let is_missing = |id| conf.tree().get(id).args.iter().any(|arg| arg.as_literal() == Some(MISSING));
    let is_there = conf.tree().named(Some(site.server), "location").any(is_missing);
    if !is_there {
        let missing = conf.open(site.server, "location", vec![Text::literal(MISSING, origin)], origin);
        conf.put(missing, "return", &["404"], origin);
    }
}

impl ConfDraft {
    fn has_bucket_cache(&self) -> bool {
        let folder = format!("/tmp/{CACHE}");
        let mut caches = self.tree().named(Some(self.http()), "proxy_cache_path");
        caches.any(|id| self.tree().get(id).args.first().and_then(Text::as_literal) == Some(&folder))
    }
}

#[cfg(test)]
mod tests {
    use super::Bucket;

    #[test]
    fn addresses_of_buckets_are_taken_apart() {
        let parts = |text| {
            Bucket::parse(text).map(|bucket| (bucket.host, bucket.port, bucket.authority, bucket.path))
        };
        let expect = |host: &str, port, authority: &str, path: &str| {
            Some((host.to_owned(), port, authority.to_owned(), path.to_owned()))
        };
        assert_eq!(
            parts("https://media.s3.example"),
            expect("media.s3.example", 443, "media.s3.example", "/")
        );
        assert_eq!(parts("http://minio:9000/media"), expect("minio", 9000, "minio:9000", "/media/"));
        for wrong in
            ["media", "ftp://a/", "https:///a", "https://a/?b", "https://user:word@a/", "https://a:0/"]
        {
            assert_eq!(parts(wrong), None, "{wrong}");
        }
    }
}
