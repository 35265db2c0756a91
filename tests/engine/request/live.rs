//! A running nginx, of this machine or of the image, and what it answers.

use std::io::{self, BufRead, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::thread::sleep;
use std::time::{Duration, Instant};

use stackc::request::Request;

use crate::engine::{NGINX, Said, docker, need_images, random};

/// Which nginx.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    /// Debian's.
    Installed,
    /// The image's, a current one.
    Image,
}

pub(super) struct Nginx {
    child: Child,
    container: Option<String>,
}

impl Nginx {
    /// Starts nginx with a configuration in `folder`, and waits until it listens on `port`.
    pub(super) fn start(which: Which, folder: &Path, port: u16) -> Self {
        let conf = folder.join("nginx.conf");
        let name = format!("stackc-request-{}", random(8));
        let mut command = match which {
            Which::Installed => {
                let mut command = Command::new("nginx");
                command.args(["-e", "stderr", "-g", "user root;", "-p"]).arg(folder).arg("-c").arg(&conf);
                command
            }
            Which::Image => {
                need_images(&[NGINX]);
                let mount = format!("{0}:{0}", folder.display());
                let run = [
                    "run",
                    "--rm",
                    "--network",
                    "host",
                    "--name",
                    &name,
                    "-v",
                    &mount,
                    "--entrypoint",
                    "nginx",
                ];
                let mut command = docker(run);
                command
                    .args([NGINX, "-e", "stderr", "-g", "user root;", "-p"])
                    .arg(folder)
                    .arg("-c")
                    .arg(&conf);
                command
            }
        };
        let log = std::fs::File::create(folder.join("stderr")).unwrap();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let container = (which == Which::Image).then_some(name);
        let mut nginx = Self { child, container };
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = nginx.child.try_wait().unwrap();
            let said = || std::fs::read_to_string(folder.join("stderr")).unwrap_or_default();
            assert!(ended.is_none(), "nginx does not start: {}", said());
            assert!(started.elapsed() < Duration::from_secs(60), "nginx does not listen: {}", said());
            sleep(Duration::from_millis(20));
        }
        nginx
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        match &self.container {
            Some(name) => drop(Said::of(&mut docker(["stop", "-t", "1", name]))),
            // A master process that is killed leaves its workers behind.
            None => drop(Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status()),
        }
        let _ = self.child.wait();
    }
}

/// So many ports in a row that nobody listens on; no two callers get the same.
pub(super) fn free_ports(count: u16) -> u16 {
    static NEXT: Mutex<u16> = Mutex::new(0);
    let mut next = NEXT.lock().unwrap();
    if *next == 0 {
        *next = 12_000 + u16::try_from(std::process::id() % 8_000).unwrap();
    }
    loop {
        let first = *next;
        match (first..first + count).find(|port| TcpListener::bind(("127.0.0.1", *port)).is_err()) {
            None => {
                *next = first + count;
                return first;
            }
            Some(port) => *next = if port > 30_000 { 12_000 } else { port + 1 },
        }
    }
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Reply {
    /// The first header of a name, given in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A connection that is kept.
#[derive(Default)]
pub(super) struct Client {
    open: Option<(u16, BufReader<TcpStream>)>,
}

impl Client {
    /// The answer to a request; `None` if the connection is closed without one.
    pub(super) fn ask(&mut self, request: &Request) -> Option<Reply> {
        let kept = self.open.as_ref().is_some_and(|(port, _)| *port == request.port);
        for is_fresh in [!kept, true] {
            if is_fresh {
                let stream = TcpStream::connect(("127.0.0.1", request.port)).unwrap();
                stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
                stream.set_nodelay(true).unwrap();
                self.open = Some((request.port, BufReader::new(stream)));
            }
            let (_, stream) = self.open.as_mut().unwrap();
            if let Ok(reply) = exchange(stream, request) {
                let closes = reply.header("connection").is_none_or(|value| value != "keep-alive");
                if closes {
                    self.open = None;
                }
                return Some(reply);
            }
            self.open = None;
            if is_fresh {
                break;
            }
        }
        None
    }
}

fn exchange(stream: &mut BufReader<TcpStream>, request: &Request) -> io::Result<Reply> {
    let mut head = format!("{} {} HTTP/1.1\r\n", request.method, request.target);
    if let Some(host) = &request.host {
        head += &format!("Host: {host}\r\n");
    }
    for (name, value) in &request.headers {
        head += &format!("{name}: {value}\r\n");
    }
    head += "\r\n";
    stream.get_mut().write_all(head.as_bytes())?;
    let broken = || io::Error::other("this is no HTTP answer");
    let mut line = Vec::new();
    stream.read_until(b'\n', &mut line)?;
    let first = String::from_utf8_lossy(&line).into_owned();
    let status = first.split(' ').nth(1).and_then(|status| status.trim().parse().ok()).ok_or_else(broken)?;
    let mut reply = Reply { status, headers: Vec::new(), body: Vec::new() };
    loop {
        line.clear();
        stream.read_until(b'\n', &mut line)?;
        let text = String::from_utf8_lossy(&line).into_owned();
        let Some((name, value)) = text.trim_end_matches(['\r', '\n']).split_once(':') else { break };
        reply.headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    if request.method == "HEAD" || matches!(status, 204 | 304) {
        return Ok(reply);
    }
    if reply.header("transfer-encoding") == Some("chunked") {
        loop {
            line.clear();
            stream.read_until(b'\n', &mut line)?;
            let size = String::from_utf8_lossy(&line);
            let size = usize::from_str_radix(size.trim(), 16).map_err(|_| broken())?;
            let mut chunk = vec![0; size + 2];
            stream.read_exact(&mut chunk)?;
            if size == 0 {
                return Ok(reply);
            }
            reply.body.extend(&chunk[..size]);
        }
    }
    match reply.header("content-length").and_then(|length| length.parse().ok()) {
        Some(length) => {
            reply.body = vec![0; length];
            stream.read_exact(&mut reply.body)?;
        }
        None => drop(stream.read_to_end(&mut reply.body)?),
    }
    Ok(reply)
}
