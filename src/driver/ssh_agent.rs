//! Asks an agent of ssh how many keys it holds. Source: draft-ietf-sshm-ssh-agent, "Requesting a list of identities".

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use super::error::reason;

const REQUEST_IDENTITIES: u8 = 11;
const IDENTITIES_ANSWER: u8 = 12;
/// So long an agent may take; one that asks a person first does so for signatures alone.
const PATIENCE: Duration = Duration::from_secs(3);

/// How many keys the agent at a socket holds, or why it does not say.
pub fn key_count(socket: &Path) -> Result<u32, String> {
    ask(socket).map_err(|cause| match cause.kind() {
        std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut => "it does not answer".to_owned(),
        std::io::ErrorKind::ConnectionRefused => "nobody listens there".to_owned(),
        std::io::ErrorKind::UnexpectedEof | std::io::ErrorKind::InvalidData => {
            "it is no agent of ssh".to_owned()
        }
        _ => reason(&cause),
    })
}

fn ask(socket: &Path) -> std::io::Result<u32> {
    let mut agent = UnixStream::connect(socket)?;
    agent.set_read_timeout(Some(PATIENCE))?;
    agent.set_write_timeout(Some(PATIENCE))?;
    agent.write_all(&[0, 0, 0, 1, REQUEST_IDENTITIES])?;
    // The length of the answer, its type and the number of keys; the keys themselves are of no use here.
    let mut head = [0; 9];
    agent.read_exact(&mut head)?;
    let [_, _, _, _, kind, count @ ..] = head;
    if kind != IDENTITIES_ANSWER {
        return Err(std::io::ErrorKind::InvalidData.into());
    }
    Ok(u32::from_be_bytes(count))
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::os::unix::net::UnixListener;
    use std::path::Path;

    use super::key_count;

    /// What is made of an agent that answers so.
    fn told(answer: &'static [u8]) -> Result<u32, String> {
        let folder = tempfile::TempDir::new().unwrap();
        let socket = folder.path().join("agent");
        let listener = UnixListener::bind(&socket).unwrap();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let (mut asked, _) = listener.accept().unwrap();
                let mut request = [0; 5];
                asked.read_exact(&mut request).unwrap();
                assert_eq!(request, [0, 0, 0, 1, 11]);
                asked.write_all(answer).unwrap();
            });
            key_count(&socket)
        })
    }

    #[test]
    fn an_agent_says_how_many_keys_it_holds() {
        assert_eq!(told(&[0, 0, 0, 5, 12, 0, 0, 0, 0]), Ok(0));
        assert_eq!(told(&[0, 0, 0, 9, 12, 0, 0, 0, 2, 1, 2, 3]), Ok(2));
    }

    #[test]
    fn what_is_no_agent_is_told_from_one() {
        assert_eq!(told(b"220 hello"), Err("it is no agent of ssh".to_owned()));
        assert_eq!(told(&[0, 0, 0, 1, 5]), Err("it is no agent of ssh".to_owned()));
        assert!(key_count(Path::new("/nowhere/agent")).is_err());
    }
}
