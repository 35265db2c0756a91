//! `stackc trace`

mod all;
mod include;
mod mounts;
mod requests;
mod subject;
mod walk;

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::console::Console;
use super::{DONE, NOT_UNDERSTOOD};
use crate::driver::{Error, Result};
use crate::http::mime::NginxVersion;
use crate::render::visible;
use crate::request::{Request, StaticRoot};

/// What may be typed behind `trace`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The URL, such as `http://example.org/static/site.css`; a path alone goes to `localhost`
    #[arg(required_unless_present_any = ["all", "requests"], conflicts_with_all = ["all", "requests"])]
    url: Option<String>,
    #[command(flatten)]
    pub(super) configuration: Configuration,
    /// The header Host, in place of the URL's
    #[arg(long, value_name = "HOST")]
    host: Option<String>,
    /// A header of the request, such as `Accept: text/html`
    #[arg(long, value_name = "NAME: VALUE")]
    header: Vec<String>,
    /// The method
    #[arg(long, short = 'X', default_value = "GET")]
    method: String,
    /// Every file that is served, in a table
    #[arg(long, conflicts_with = "requests")]
    all: bool,
    /// Answer the requests of a file, `METHOD URL` a line, with a JSON object a line; `-` reads them as they come
    #[arg(long, value_name = "FILE")]
    requests: Option<PathBuf>,
    /// How to show it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Which configuration is asked, and what is known around it.
#[derive(Debug, Args)]
pub(super) struct Configuration {
    /// The stack file, or a configuration of nginx [default: the only *.stack in the current folder]
    #[arg(long, value_name = "STACK|nginx.conf")]
    pub(super) file: Option<PathBuf>,
    /// The container's root folder; `/` if nginx runs on this machine
    ///
    /// Without it, of a stack is known what the stack file says, and for a configuration of nginx every file is taken to
    /// be there.
    #[arg(long, value_name = "DIR")]
    pub(super) fs: Option<PathBuf>,
    /// The version of nginx [default: that of the stack's image, else the newest]
    #[arg(long, value_name = "VERSION")]
    pub(super) nginx: Option<String>,
    /// What relative paths of a configuration of nginx begin in; `nginx -V` shows it
    #[arg(long, value_name = "FOLDER")]
    pub(super) prefix: Option<String>,
}

/// How an answer is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For a person
    Text,
    /// For a program; docs/trace.md describes it
    Json,
}

pub(super) fn run(arguments: &Arguments, console: &mut Console) -> Result<u8> {
    let template = template(arguments)?;
    if let Some(url) = &arguments.url {
        template.request(&arguments.method, url).map_err(|why| bad_url(url, &why))?;
    }
    let Some(subject) = subject::load(&arguments.configuration, console)? else {
        return Ok(NOT_UNDERSTOOD);
    };
    if arguments.all {
        return Ok(all::run(&subject, &template, arguments.format, console));
    }
    if let Some(file) = &arguments.requests {
        return requests::run(file, &template, &subject, console);
    }
    let url = arguments.url.as_deref().unwrap_or_default();
    let request = template.request(&arguments.method, url).map_err(|why| bad_url(url, &why))?;
    let document = subject.document(&request, url);
    match arguments.format {
        Format::Json => console.out(&document.json()),
        Format::Text => {
            let look = console.out_look();
            console.out(&document.text(&look));
        }
    }
    Ok(DONE)
}

/// Reads the version of nginx that is given with `--nginx`.
pub(super) fn version(text: &str) -> Result<NginxVersion> {
    NginxVersion::parse(text).ok_or_else(|| Error::Usage {
        what: format!("`{text}` is no version of nginx"),
        help: "write it as nginx does, for example `--nginx 1.28`".to_owned(),
    })
}

/// What every request of a command has.
#[derive(Debug)]
struct Template {
    host: Option<String>,
    headers: Vec<(String, String)>,
}

fn template(arguments: &Arguments) -> Result<Template> {
    let mut template = Template { host: arguments.host.clone(), headers: Vec::new() };
    for header in &arguments.header {
        let usage = || Error::Usage {
            what: format!("`{}` is no header", visible::line(header)),
            help: "write its name, a colon and its value, for example `--header 'Accept: text/html'`"
                .to_owned(),
        };
        let (name, value) = header.split_once(':').ok_or_else(usage)?;
        let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':');
        if !is_name || value.chars().any(char::is_control) {
            return Err(usage());
        }
        let value = value.trim().to_owned();
        if name.eq_ignore_ascii_case("host") {
            template.host.get_or_insert(value);
        } else {
            template.headers.push((name.to_owned(), value));
        }
    }
    Ok(template)
}

impl Template {
    /// A request to the server of a static root, yet without its path.
    fn to(&self, root: &StaticRoot) -> Request {
        Request {
            method: "GET".to_owned(),
            tls: root.tls,
            address: None,
            port: root.port,
            client: None,
            host: Some(self.host.as_ref().unwrap_or(&root.host).clone()),
            target: String::new(),
            headers: self.headers.clone(),
        }
    }

    /// A request, or why it is none.
    fn request(&self, method: &str, url: &str) -> std::result::Result<Request, String> {
        let is_method = !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase());
        if !is_method {
            return Err(format!("`{}` is no method", short(method)));
        }
        if let Some(strange) = url.chars().find(|c| c.is_control() || c.is_whitespace()) {
            return Err(format!("it holds {}", strange.escape_unicode()));
        }
        let whole = if url.starts_with('/') { format!("http://localhost{url}") } else { url.to_owned() };
        let mut request = Request::get(&whole).ok_or("it is not of the form `http://host/path`")?;
        method.clone_into(&mut request.method);
        if self.host.is_some() {
            request.host.clone_from(&self.host);
        }
        request.headers.clone_from(&self.headers);
        Ok(request)
    }
}

fn bad_url(url: &str, why: &str) -> Error {
    Error::Usage {
        what: format!("`{}` cannot be asked for: {why}", short(url)),
        help: "write the URL as a browser shows it, for example `http://example.org/static/site.css`"
            .to_owned(),
    }
}

/// The beginning of what somebody typed, fit for a terminal.
fn short(text: &str) -> String {
    let mut short = visible::line(&text.chars().take(80).collect::<String>()).to_string();
    if text.chars().nth(80).is_some() {
        short.push_str("...");
    }
    short
}
