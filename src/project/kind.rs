//! What a file is, by its name.

/// The kinds of files that their names tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// `docker-compose.yml`, `compose.prod.yaml`, `docker-compose-dev.yml`, `fig.yml`.
    Compose,
    /// `Dockerfile`, `Dockerfile.dev`, `web.Dockerfile`, `Containerfile`.
    Dockerfile,
}

/// What a file is by its name, the last part of its path; configurations of nginx have no name of their own.
pub fn kind_of(path: &str) -> Option<FileKind> {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let words: Vec<&str> = name.split(['.', '-', '_']).collect();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let is_yaml = matches!(extension, "yml" | "yaml");
    if is_yaml && words.iter().any(|word| matches!(*word, "compose" | "dockercompose" | "fig")) {
        return Some(FileKind::Compose);
    }
    let is_one = |word: &str| matches!(word, "dockerfile" | "containerfile");
    let other = matches!(
        extension,
        "dockerignore" | "md" | "txt" | "py" | "js" | "ts" | "sh" | "go" | "yml" | "yaml"
    );
    ((is_one(words[0]) || is_one(extension)) && !other).then_some(FileKind::Dockerfile)
}

#[cfg(test)]
mod tests {
    use super::{FileKind, kind_of};

    #[test]
    fn files_are_told_apart_by_their_names() {
        for compose in
            ["docker-compose.yml", "a/compose.prod.yaml", "docker-compose-dev.yml", "dev.docker-compose.yml"]
        {
            assert_eq!(kind_of(compose), Some(FileKind::Compose), "{compose}");
        }
        for dockerfile in
            ["Dockerfile", "x/Dockerfile.dev", "web.Dockerfile", "Containerfile", "Dockerfile-web"]
        {
            assert_eq!(kind_of(dockerfile), Some(FileKind::Dockerfile), "{dockerfile}");
        }
        for other in
            ["Dockerfile.dockerignore", "composer.json", "decompose.yml", "nginx.conf", "dockerfile.md"]
        {
            assert_eq!(kind_of(other), None, "{other}");
        }
    }
}
