//! As much of an HTTP client as the checks need: one request a connection.

use std::io::{self, BufRead, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// What may stand around the value of a header (RFC 9110, section 5.5), with the end of its line.
const OPTIONAL_SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

/// A server on this machine.
#[derive(Clone, Copy, Debug)]
pub(super) struct Site {
    pub(super) port: u16,
}

/// What it answered.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Site {
    /// The name and port that a browser would send.
    pub(super) fn host(self) -> String {
        format!("localhost:{}", self.port)
    }

    /// Sends a request; `headers` may say another `Host`.
    pub(super) fn send(
        self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> io::Result<Reply> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        let mut head = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        let is_given = |name: &str| headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name));
        if !is_given("Host") {
            head += &format!("Host: {}\r\n", self.host());
        }
        if !body.is_empty() && !is_given("Content-Length") {
            head += &format!("Content-Length: {}\r\n", body.len());
        }
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        stream.write_all(format!("{head}\r\n").as_bytes())?;
        stream.write_all(body)?;
        Reply::read(&mut BufReader::new(stream))
    }

    /// Gets a page.
    #[track_caller]
    pub(super) fn get(self, path: &str) -> Reply {
        self.send("GET", path, &[], b"").unwrap_or_else(|error| panic!("GET {path}: {error}"))
    }

    /// Gets a page again and again until it is there.
    #[track_caller]
    pub(super) fn get_in_time(self, path: &str, time: Duration) -> Reply {
        let start = Instant::now();
        loop {
            let last = match self.send("GET", path, &[], b"") {
                Ok(reply) if reply.status == 200 => return reply,
                Ok(reply) => format!("the answer is {}", reply.status),
                Err(error) => error.to_string(),
            };
            assert!(start.elapsed() < time, "GET {path}: {last}, after {time:?}");
            sleep(Duration::from_millis(200));
        }
    }
}

impl Reply {
    /// Reads an answer.
    pub(super) fn read(stream: &mut impl BufRead) -> io::Result<Self> {
        let broken = || io::Error::other("this is no HTTP answer");
        let mut line = String::new();
        stream.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(broken)?;
        let mut reply = Self { status, headers: Vec::new(), body: Vec::new() };
        loop {
            line.clear();
            stream.read_line(&mut line)?;
            let Some((name, value)) = line.split_once(':') else { break };
            reply.headers.push((name.to_ascii_lowercase(), value.trim_matches(OPTIONAL_SPACE).to_owned()));
        }
        // Not to the end of the connection: a server that has not read all of a request keeps it open for a while.
        let length = reply.header("content-length").and_then(|length| length.parse().ok());
        stream.take(length.unwrap_or(u64::MAX)).read_to_end(&mut reply.body)?;
        if reply.header("transfer-encoding") == Some("chunked") {
            reply.body = joined(&reply.body).ok_or_else(broken)?;
        }
        Ok(reply)
    }

    /// A header, by its name in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// Every header with its name in lower case, in the order in which they came.
    pub(super) fn all_headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The media type without its parameters.
    pub(super) fn media_type(&self) -> &str {
        self.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default().trim()
    }

    /// The body as text.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The cookies that it sets, as they are sent back.
    pub(super) fn cookies(&self) -> String {
        let set = self.headers.iter().filter(|(name, _)| name == "set-cookie");
        let pairs: Vec<&str> = set.filter_map(|(_, value)| value.split(';').next()).collect();
        pairs.join("; ")
    }
}

/// The chunks of a body, put together.
fn joined(mut chunked: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = chunked.windows(2).position(|window| window == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&chunked[..end]).ok()?, 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(chunked.get(end + 2..end + 2 + size)?);
        chunked = chunked.get(end + 2 + size + 2..)?;
    }
}
