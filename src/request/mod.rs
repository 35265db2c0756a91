//! What nginx answers to a request: which server, which location, which file, which status, which headers, and why.
//! Pure; the file system is asked for through [`Files`].
//!
//! ```
//! use std::sync::Arc;
//! use stackc::request::{self, Entry, Files, Included, Options, Outcome, Request};
//! use stackc::source::SourceMap;
//!
//! struct Everything;
//! impl Files for Everything {
//!     fn entry(&self, path: &str) -> Entry {
//!         if path.contains('.') { Entry::File } else { Entry::Folder }
//!     }
//! }
//!
//! let text = "server { root /srv; types { text/css css; } }";
//! let mut sources = SourceMap::default();
//! let file = sources.add("site.conf", text);
//! let config = request::load(file, text, &Options::default(), &mut |_| Included::Unknown);
//! let answer = request::answer(&config, &Request::get("http://example.org/a.css").unwrap(), &Everything);
//! let Outcome::Decided(response) = answer.outcome else { panic!() };
//! assert_eq!((response.status, response.content_type.as_deref()), (200, Some("text/css")));
//! assert_eq!(response.file(), Some("/srv/a.css"));
//! ```
//!
//! A configuration is loaded once with [`load`] and asked with [`answer`] as often as needed; neither fails or panics.
//! What cannot be told is [`Outcome::Undecided`] with the reason and, where there is one, the line. What another server
//! answers is [`Outcome::Passed`]. [`Config::refused`] says why nginx does not start at all, [`Config::unknown`] which
//! includes of `http` nobody could read: answers are given as if they brought no server that takes the request.
//!
//! Limits of rate and number (`limit_req`, `limit_conn`) are taken not to be reached, and requests to be HTTP/1.1.

mod access;
mod alike;
mod answer;
mod build;
mod codes;
mod config;
mod content;
mod error;
mod listen;
mod load;
mod locate;
mod pass;
mod pattern;
mod response;
mod rewrite;
mod roots;
mod run;
mod semantics;
mod servers;
mod settings;
mod template;
mod uri;
mod variables;

pub use alike::{Alike, Class, Remembered};
pub use answer::{
    About, Answer, Body, Entry, Files, Lost, Outcome, Passed, Place, Request, Response, Step, Undecided,
};
pub use build::load;
pub use config::Config;
pub use load::{Included, Options};
pub use roots::StaticRoot;
#[doc(hidden)]
pub use semantics::{Fact, Semantics};
pub use servers::answer;
