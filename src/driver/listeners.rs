//! The sockets of this machine that listen, and the programs that hold them, as far as this user may know.
//!
//! Source: Linux, `Documentation/networking/proc_net_tcp.rst` and proc(5).

use std::collections::HashMap;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The state of a TCP socket that listens: `TCP_LISTEN` of `include/net/tcp_states.h`.
const LISTENS: &str = "0A";
/// The state of a UDP socket that is bound to no peer: `TCP_CLOSE`.
const UNCONNECTED: &str = "07";

/// A socket that somebody listens on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// `udp`, else TCP.
    pub is_udp: bool,
    /// The address; all of them for `0.0.0.0` and `::`.
    pub address: IpAddr,
    /// The port.
    pub port: u16,
    /// The user that it belongs to.
    pub user: u32,
    inode: u64,
}

/// A program that holds a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Its number.
    pub process: u32,
    /// The name of the command.
    pub command: String,
}

/// Every socket that listens; `None` where the system does not tell.
pub fn listeners() -> Option<Vec<Listener>> {
    let mut found = Vec::new();
    let mut is_told = false;
    for (file, is_udp) in [("tcp", false), ("tcp6", false), ("udp", true), ("udp6", true)] {
        let Ok(text) = fs::read_to_string(format!("/proc/net/{file}")) else { continue };
        is_told = true;
        found.extend(text.lines().skip(1).filter_map(|line| listener(line, is_udp)));
    }
    is_told.then_some(found)
}

/// `sl local_address rem_address st queues tr:when retrnsmt uid timeout inode`
fn listener(line: &str, is_udp: bool) -> Option<Listener> {
    let words: Vec<&str> = line.split_whitespace().collect();
    if *words.get(3)? != if is_udp { UNCONNECTED } else { LISTENS } {
        return None;
    }
    let (address, port) = words[1].split_once(':')?;
    Some(Listener {
        is_udp,
        address: parse_address(address)?,
        port: u16::from_str_radix(port, 16).ok()?,
        user: words.get(7)?.parse().ok()?,
        inode: words.get(9)?.parse().ok()?,
    })
}

/// Words of 32 bits in the machine's own order, in hexadecimal.
fn parse_address(text: &str) -> Option<IpAddr> {
    let word = |index: usize| {
        let word = text.get(index * 8..index * 8 + 8)?;
        Some(u32::from_str_radix(word, 16).ok()?.to_ne_bytes())
    };
    if text.len() == 8 {
        return Some(IpAddr::V4(Ipv4Addr::from(word(0)?)));
    }
    let mut bytes = [0; 16];
    for (index, part) in bytes.chunks_exact_mut(4).enumerate() {
        part.copy_from_slice(&word(index)?);
    }
    let address = Ipv6Addr::from(bytes);
    Some(address.to_ipv4_mapped().map_or(IpAddr::V6(address), IpAddr::V4))
}

impl Listener {
    /// Whether somebody who wants this address, or all of them, does not get the port.
    pub fn is_in_the_way_of(&self, wanted: Option<IpAddr>) -> bool {
        let Some(wanted) = wanted else { return true };
        // `::` takes IPv4 as well, unless its owner asked for less, which the system does not tell. The engine does.
        let is_of_one_kind = self.address.is_ipv4() == wanted.is_ipv4();
        self.address == wanted
            || (self.address.is_unspecified() && (self.address.is_ipv6() || is_of_one_kind))
            || (wanted.is_unspecified() && is_of_one_kind)
    }

    /// The program that holds it; `None` if this user may not know.
    pub fn holder(&self) -> Option<Holder> {
        let wanted = format!("socket:[{}]", self.inode);
        let processes = fs::read_dir("/proc").ok()?.flatten();
        let mut numbers: Vec<u32> =
            processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
        // A service that was started first hands its sockets on to its workers.
        numbers.sort_unstable();
        numbers.into_iter().find_map(|process| {
            let mut descriptors = fs::read_dir(format!("/proc/{process}/fd")).ok()?.flatten();
            let holds = |entry: fs::DirEntry| {
                fs::read_link(entry.path()).is_ok_and(|target| target.as_os_str() == wanted.as_str())
            };
            if !descriptors.any(holds) {
                return None;
            }
            let command = fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default();
            Some(Holder { process, command: command.trim().to_owned() })
        })
    }
}

/// The first port that a program without privileges may take. Source: Linux, `Documentation/networking/ip-sysctl.rst`.
pub fn first_unprivileged_port() -> u16 {
    let said = fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start");
    said.ok().and_then(|text| text.trim().parse().ok()).unwrap_or(1024)
}

/// The names of users by their numbers.
pub fn user_names() -> HashMap<u32, String> {
    let text = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let row = |line: &str| {
        let mut fields = line.split(':');
        Some((fields.next()?.to_owned(), fields.nth(1)?.parse().ok()?))
    };
    text.lines().filter_map(row).map(|(name, number)| (number, name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, UdpSocket};

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn sockets_that_listen_are_found_with_their_program() {
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        let udp = UdpSocket::bind("[::1]:0").unwrap();
        let found = listeners().unwrap();
        let own = std::process::id();
        for (is_udp, socket) in [(false, tcp.local_addr().unwrap()), (true, udp.local_addr().unwrap())] {
            let listener = found
                .iter()
                .find(|listener| listener.is_udp == is_udp && listener.port == socket.port())
                .unwrap();
            assert_eq!(listener.address, socket.ip());
            assert_eq!(listener.holder().map(|holder| holder.process), Some(own));
        }
    }

    #[test]
    fn a_line_of_the_kernel_is_read() {
        let line = "   1: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4242 1 0";
        let found = listener(line, false).unwrap();
        assert_eq!(
            (found.address, found.port, found.user, found.inode),
            (address("0.0.0.0"), 80, 1000, 4242)
        );
        assert_eq!(listener(&line.replace(" 0A ", " 01 "), false), None);
        assert_eq!(listener("garbage", false), None);
    }

    #[test]
    fn addresses_are_in_each_others_way() {
        let is_in_the_way = |held: &str, wanted: Option<&str>| {
            let listener = Listener { is_udp: false, address: address(held), port: 80, user: 0, inode: 0 };
            listener.is_in_the_way_of(wanted.map(address))
        };
        assert!(is_in_the_way("127.0.0.1", None));
        assert!(is_in_the_way("127.0.0.1", Some("0.0.0.0")));
        assert!(is_in_the_way("0.0.0.0", Some("127.0.0.1")));
        assert!(is_in_the_way("::", Some("127.0.0.1")));
        assert!(!is_in_the_way("127.0.0.2", Some("127.0.0.1")));
        assert!(!is_in_the_way("0.0.0.0", Some("::1")));
        assert!(!is_in_the_way("0.0.0.0", Some("::")));
    }
}
