//! Certificates made at run time, and a client that shakes hands: `openssl` does both.

use std::io::BufReader;
use std::path::Path;
use std::process::Command;

use super::Said;
use super::http::Reply;

/// Makes a certificate for some names that nobody but itself vouches for, and its key, as PEM files.
#[track_caller]
pub(super) fn make_certificate(names: &[&str], certificate: &Path, key: &Path) {
    let names: Vec<String> = names.iter().map(|name| format!("DNS:{name}")).collect();
    let mut command = Command::new("openssl");
    command.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]);
    command.args(["-days", "2", "-subj", "/CN=test", "-addext"]);
    command.arg(format!("subjectAltName={}", names.join(",")));
    command.arg("-out").arg(certificate).arg("-keyout").arg(key);
    Said::of(&mut command).ok();
}

/// A port of this machine that speaks TLS.
#[derive(Clone, Copy, Debug)]
pub(super) struct Secured<'a> {
    pub(super) port: u16,
    /// The certificate that must be shown.
    pub(super) certificate: &'a Path,
}

impl Secured<'_> {
    /// Shakes hands for a name, as `openssl s_client` does with these words more.
    fn client(self, name: &str, words: &[&str], request: &str) -> Said {
        let mut command = Command::new("openssl");
        command.args(["s_client", "-connect", &format!("127.0.0.1:{}", self.port)]);
        command.args(["-servername", name, "-verify_hostname", name, "-verify_return_error", "-CAfile"]);
        command.arg(self.certificate).args(words);
        Said::with_input(&mut command, request.as_bytes())
    }

    /// What becomes of a handshake: everything that `openssl` says of it.
    pub(super) fn handshake(self, name: &str, words: &[&str]) -> Result<String, String> {
        let said = self.client(name, words, "");
        let text = format!("{}{}", String::from_utf8_lossy(&said.out), said.err);
        if said.code == 0 { Ok(text) } else { Err(text) }
    }

    /// Gets a page of a host.
    #[track_caller]
    pub(super) fn get(self, host: &str, path: &str) -> Reply {
        self.send("GET", host, path, "")
    }

    /// Sends a request with header lines of its own.
    #[track_caller]
    pub(super) fn send(self, method: &str, host: &str, path: &str, headers: &str) -> Reply {
        let request =
            format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n");
        let name = host.split(':').next().unwrap();
        let said = self.client(name, &["-quiet"], &request);
        let reply = Reply::read(&mut BufReader::new(said.out.as_slice()));
        reply.unwrap_or_else(|error| panic!("https://{host}{path}: {error}\n{}", said.report()))
    }
}
