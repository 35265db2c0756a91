//! stackc compiles one small stack file into docker-compose.yml, Dockerfiles and nginx.conf, and says beforehand,
//! at the line, what would go wrong.
//!
//! The pipeline, from text to files; each arrow is a module, and imports go to the left only:
//!
//! ```text
//! text -> syntax::stack -> lower -> model -> resolve -> lint -> diagnostics -> render
//!                                     \----------> backend -> artefacts -> reread -> driver
//! ```
//!
//! Readers and lowering take a sink and cannot fail; back ends run only when there is no compile error. Only
//! [`driver`] and [`cli`] touch the world. ARCHITECTURE.md says more.

pub mod backend;
pub mod cli;
pub mod compile;
pub mod diagnostic;
pub mod difference;
pub mod driver;
pub mod emitted;
pub mod explain;
pub mod explain_word;
pub mod facts;
pub mod fix;
pub mod handwritten;
pub mod http;
pub mod import;
pub mod lint;
pub mod lower;
pub mod model;
pub mod project;
pub mod reasons;
pub mod render;
pub mod request;
pub mod reread;
pub mod resolve;
pub mod same;
pub mod schema;
pub mod settings;
pub mod source;
pub mod syntax;
pub mod vocabulary;
