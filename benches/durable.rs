//! The floor of `stackc build`: writes the files below one folder to another, so that they are there after a power cut, and
//! does nothing else.
//!
//!     durable FROM TO
//!
//! Each file and each folder that was made is synced once.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

fn main() -> io::Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    // `cargo test` and `cargo bench` start every bench, with arguments of their own.
    let (Some(from), Some(to)) = (arguments.next(), arguments.next()) else { return Ok(()) };
    copy(Path::new(&from), Path::new(&to))
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            let mut file = File::create(target)?;
            file.write_all(&fs::read(entry.path())?)?;
            file.sync_all()?;
        }
    }
    File::open(to)?.sync_all()
}
