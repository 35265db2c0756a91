//! What images of a registry have in their own file systems, as far as paths of projects meet it.

use super::{Found, below};
use crate::project::images::KnownImage;

/// The folders at the root of Debian, Ubuntu and Alpine, in all of which packages put files. Source: the packages
/// base-files and alpine-baselayout.
const SYSTEM: &[&str] = &[
    "bin", "boot", "dev", "etc", "lib", "lib32", "lib64", "libx32", "proc", "root", "run", "sbin", "sys",
    "tmp", "usr", "var",
];

/// Folders that these systems leave to whoever uses them: empty in an image.
const EMPTY: &[&str] = &["home", "media", "mnt", "opt", "srv"];

/// Images on such a system, and what their Dockerfiles add outside of its own folders.
const OTHERS: &[(&str, &[&str])] = &[
    ("alpine", &[]),
    ("debian", &[]),
    ("ubuntu", &["home"]),
    ("buildpack-deps", &[]),
    ("nginx", &["docker-entrypoint.d", "docker-entrypoint.sh"]),
    ("nginxinc/nginx-unprivileged", &["docker-entrypoint.d", "docker-entrypoint.sh"]),
    ("httpd", &[]),
    ("python", &[]),
    ("ruby", &[]),
    ("php", &[]),
    ("node", &["home", "opt"]),
    ("golang", &["go"]),
    ("rust", &[]),
];

/// What the packages of nginx and its image put into the folders in which configurations look for files. A folder that is
/// not named does not exist in it. Source: nginx/docker-nginx and the lists of files of nginx's own packages.
const NGINX: &[(&str, &[&str])] = &[
    (
        "/etc/nginx",
        &[
            "conf.d",
            "fastcgi.conf",
            "fastcgi_params",
            "koi-utf",
            "koi-win",
            "mime.types",
            "modules",
            "nginx.conf",
            "scgi_params",
            "uwsgi_params",
            "win-utf",
        ],
    ),
    ("/etc/nginx/conf.d", &["default.conf", "example_ssl.conf"]),
    ("/usr/share/nginx", &["html"]),
    ("/usr/share/nginx/html", &["50x.html", "index.html"]),
];

/// Folders below those of the system that an image of nginx does not have.
const NOT_IN_NGINX: &[&str] =
    &["/etc/letsencrypt", "/var/www", "/usr/src/app", "/var/html", "/var/static", "/usr/src/static"];

/// Of [`NGINX`] what is surely there and a file.
const SURELY: &[&str] = &[
    "/etc/nginx/nginx.conf",
    "/etc/nginx/mime.types",
    "/etc/nginx/conf.d/default.conf",
    "/etc/nginx/fastcgi_params",
    "/etc/nginx/uwsgi_params",
    "/etc/nginx/scgi_params",
    "/usr/share/nginx/html/index.html",
    "/usr/share/nginx/html/50x.html",
];

fn others(image: &KnownImage) -> Option<&'static [&'static str]> {
    OTHERS.iter().find(|(name, _)| *name == image.name).map(|(_, others)| *others)
}

fn is_nginx(image: &KnownImage) -> bool {
    crate::project::images::is_nginx(image)
}

/// What stands at a path of an image.
pub(super) fn find(image: Option<&KnownImage>, path: &str) -> Found {
    let Some(image) = image else { return if path == "/" { Found::Folder(None) } else { Found::Unknown } };
    if image.name == "scratch" {
        return if path == "/" { Found::Folder(None) } else { Found::Missing };
    }
    let Some(others) = others(image) else {
        return if path == "/" { Found::Folder(None) } else { Found::Unknown };
    };
    let (first, rest) =
        path.trim_start_matches('/').split_once('/').unwrap_or((path.trim_start_matches('/'), ""));
    if first.is_empty() {
        return Found::Folder(None);
    }
    if is_nginx(image) {
        if SURELY.contains(&path) {
            return Found::File(None);
        }
        if NOT_IN_NGINX.iter().any(|folder| below(path, folder).is_some()) {
            return Found::Missing;
        }
        // In the deepest folder that is known, what has another name is not there.
        let known = NGINX.iter().filter_map(|(folder, names)| Some((below(path, folder)?, *names)));
        match known.min_by_key(|(rest, _)| rest.len()) {
            Some(("", _)) => return Found::Folder(None),
            Some((rest, names)) if !names.contains(&rest.split('/').next().unwrap_or(rest)) => {
                return Found::Missing;
            }
            Some(_) | None => {}
        }
    }
    match (others.contains(&first), rest) {
        (true, _) => Found::Unknown,
        (false, "") if EMPTY.contains(&first) => Found::Folder(None),
        (false, _) if SYSTEM.contains(&first) => Found::Unknown,
        (false, _) => Found::Missing,
    }
}

/// The names in a folder of an image; `None` if nobody knows all of them.
pub(super) fn list(image: Option<&KnownImage>, path: &str) -> Option<&'static [&'static str]> {
    match (find(image, path), find(image, &format!("{}/?", path.trim_end_matches('/')))) {
        (Found::Missing, _) => Some(&[]),
        (_, Found::Missing) => {
            let known = NGINX.iter().find(|(folder, _)| *folder == path && image.is_some_and(is_nginx));
            known.map_or((path != "/").then_some(&[][..]), |(_, names)| Some(names))
        }
        _ => None,
    }
}
