//! Databases of a project: which services they are, by which variables they get their password, and who their clients
//! are.

use std::collections::{BTreeMap, BTreeSet};

use crate::lint::Whole;
use crate::project::compose::{Compose, Service};
use crate::project::dockerfile::Base;
use crate::project::{Image, Project};
use crate::source::Span;

/// A kind of database, by what its entrypoint reads.
#[derive(Debug)]
pub(crate) struct Kind {
    /// What it is called.
    pub(crate) name: &'static str,
    /// The images that have this entrypoint.
    images: &'static [&'static str],
    /// One of these must be set, or the entrypoint stops.
    pub(crate) passwords: &'static [&'static str],
    /// These let anybody in.
    pub(crate) open: &'static [(&'static str, Option<&'static str>)],
    /// The program that the entrypoint sets up a database for.
    programs: &'static [&'static str],
    /// Each user: the variable of its name, or its fixed name, and the variables of its password.
    pub(crate) users: &'static [User],
}

/// A user of a database, and its password.
#[derive(Debug)]
pub(crate) struct User {
    /// The variable of its name.
    pub(crate) variable: Option<&'static str>,
    /// Its name if that is not set; `None` if there is no such user then.
    pub(crate) name: Option<&'static str>,
    /// The variables of its password.
    pub(crate) passwords: &'static [&'static str],
}

/// Source: docker-entrypoint.sh of docker-library/postgres, docker-library/mysql and MariaDB/mariadb-docker.
const KINDS: &[Kind] = &[
    Kind {
        name: "postgres",
        images: &[
            "postgres",
            "postgis/postgis",
            "pgvector/pgvector",
            "timescale/timescaledb",
            "imresamu/postgis",
        ],
        passwords: &["POSTGRES_PASSWORD", "POSTGRES_PASSWORD_FILE"],
        open: &[("POSTGRES_HOST_AUTH_METHOD", Some("trust"))],
        programs: &["postgres"],
        users: &[User {
            variable: Some("POSTGRES_USER"),
            name: Some("postgres"),
            passwords: &["POSTGRES_PASSWORD"],
        }],
    },
    Kind {
        name: "mysql",
        images: &["mysql", "mysql/mysql-server", "percona"],
        passwords: &["MYSQL_ROOT_PASSWORD", "MYSQL_ROOT_PASSWORD_FILE", "MYSQL_RANDOM_ROOT_PASSWORD"],
        open: &[("MYSQL_ALLOW_EMPTY_PASSWORD", None)],
        programs: &["mysqld"],
        users: &[
            User { variable: Some("MYSQL_USER"), name: None, passwords: &["MYSQL_PASSWORD"] },
            User { variable: None, name: Some("root"), passwords: &["MYSQL_ROOT_PASSWORD"] },
        ],
    },
    Kind {
        name: "mariadb",
        images: &["mariadb", "yobasystems/alpine-mariadb"],
        passwords: &[
            "MARIADB_ROOT_PASSWORD",
            "MARIADB_ROOT_PASSWORD_FILE",
            "MARIADB_ROOT_PASSWORD_HASH",
            "MARIADB_ROOT_PASSWORD_HASH_FILE",
            "MARIADB_RANDOM_ROOT_PASSWORD",
            "MYSQL_ROOT_PASSWORD",
            "MYSQL_ROOT_PASSWORD_FILE",
            "MYSQL_RANDOM_ROOT_PASSWORD",
        ],
        open: &[
            ("MARIADB_ALLOW_EMPTY_ROOT_PASSWORD", None),
            ("MYSQL_ALLOW_EMPTY_PASSWORD", None),
            ("MARIADB_ALLOW_EMPTY_PASSWORD", None),
        ],
        programs: &["mariadbd", "mysqld"],
        users: &[
            User {
                variable: Some("MARIADB_USER"),
                name: None,
                passwords: &["MARIADB_PASSWORD", "MYSQL_PASSWORD"],
            },
            User {
                variable: Some("MYSQL_USER"),
                name: None,
                passwords: &["MYSQL_PASSWORD", "MARIADB_PASSWORD"],
            },
            User {
                variable: None,
                name: Some("root"),
                passwords: &["MARIADB_ROOT_PASSWORD", "MYSQL_ROOT_PASSWORD"],
            },
        ],
    },
];

/// A service that is a database.
pub(crate) struct Database<'a> {
    /// Its place.
    pub(crate) index: usize,
    /// The service.
    pub(crate) service: &'a Service,
    /// What it is.
    pub(crate) kind: &'static Kind,
    /// Its environment.
    pub(crate) environment: Environment,
    /// Whether its first process is that of the database, with the image's own entrypoint.
    pub(crate) is_started: bool,
}

/// What a container has as its environment.
#[derive(Debug, Default)]
pub(crate) struct Environment {
    /// By name: the value, if it is known, and where it is said.
    pub(crate) variables: BTreeMap<String, (Option<String>, Option<Span>)>,
    /// Whether there may be others.
    pub(crate) is_open: bool,
}

impl Environment {
    /// The environment of a service: that of its Dockerfile, of its env files, its own.
    pub(crate) fn of(project: &Project, index: usize, service: &Service) -> Self {
        let mut found = Self::default();
        if service.build.is_some() {
            match stage(project, index) {
                Some(stage) => {
                    let of_image = stage.end.env.iter();
                    found
                        .variables
                        .extend(of_image.map(|(name, value)| (name.clone(), (value.clone(), None))));
                }
                None => found.is_open = true,
            }
        }
        for file in &service.env_files {
            let Some(variables) = &file.variables else {
                found.is_open = true;
                continue;
            };
            for variable in variables {
                let value = variable.value.as_ref().and_then(|text| text.value.clone());
                found.variables.insert(variable.name.value.clone(), (value, Some(variable.span)));
            }
        }
        for variable in &service.environment {
            let value = variable.value.as_ref().and_then(|text| text.value.clone());
            found.variables.insert(variable.name.value.clone(), (value, Some(variable.span)));
        }
        // `extends` of a file that was not read, and the whole block as a variable, are not known.
        found.is_open |= service.get("extends").is_some() && service.environment.is_empty();
        found
    }

    /// The value of a variable, if it is there and known.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.variables.get(name)?.0.as_deref()
    }

    /// Where a variable is said.
    pub(crate) fn span(&self, name: &str) -> Option<Span> {
        self.variables.get(name)?.1
    }
}

fn stage(project: &Project, index: usize) -> Option<&crate::project::dockerfile::Stage> {
    let container = project.containers.iter().find(|container| container.service == Some(index))?;
    match container.image {
        Image::Built { dockerfile, stage } => project.dockerfiles.get(dockerfile)?.stages.get(stage),
        Image::Pulled(_) | Image::Unknown => None,
    }
}

/// The image of a registry that a service runs, or that what it builds begins with, as it is named.
pub(crate) fn image(project: &Project, index: usize, service: &Service) -> Option<String> {
    if service.build.is_none() {
        return service.image.as_ref()?.value.clone();
    }
    let container = project.containers.iter().find(|container| container.service == Some(index))?;
    let Image::Built { dockerfile, stage } = container.image else { return None };
    let stages = &project.dockerfiles.get(dockerfile)?.stages;
    let mut at = stage;
    loop {
        match &stages.get(at)?.base {
            Base::Image(name) => return Some(name.clone()),
            Base::Stage(below) if *below < at => at = *below,
            Base::Stage(_) | Base::Scratch | Base::Unknown => return None,
        }
    }
}

/// The repository of an image without registry of its own, tag and digest: `postgres` for `docker.io/library/postgres:18`.
pub(crate) fn repository(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or(image);
    let name = image.rfind(':').filter(|at| !image[*at..].contains('/')).map_or(image, |at| &image[..at]);
    let name = name.strip_prefix("docker.io/").unwrap_or(name);
    name.strip_prefix("library/").unwrap_or(name)
}

/// The databases of a project.
pub(crate) fn of_project<'a>(whole: &Whole<'a>) -> Vec<Database<'a>> {
    let mut found = Vec::new();
    let Some(compose) = &whole.project.compose else { return found };
    for (index, service) in compose.services.iter().enumerate() {
        let Some(image) = image(whole.project, index, service) else { continue };
        let Some(kind) = KINDS.iter().find(|kind| kind.images.contains(&repository(&image))) else {
            continue;
        };
        let environment = Environment::of(whole.project, index, service);
        let is_program = match &service.command {
            None => true,
            Some(command) => command.words.as_ref().is_some_and(|words| match words.first() {
                None => true,
                Some(first) => {
                    first.starts_with('-')
                        || kind.programs.contains(&first.rsplit('/').next().unwrap_or(first))
                }
            }),
        };
        let is_started = is_program && service.entrypoint.is_none();
        found.push(Database { index, service, kind, environment, is_started });
    }
    found
}

/// The names by which other services reach one.
pub(crate) fn names(compose: &Compose, service: &Service) -> BTreeSet<String> {
    let mut names = BTreeSet::from([service.name.value.clone()]);
    names.extend(service.container_name.as_ref().and_then(|name| name.value.clone()));
    names.extend(service.networks.iter().flat_map(|network| network.aliases.iter().cloned()));
    let links = compose.services.iter().flat_map(|other| &other.links);
    names.extend(links.filter(|(to, _)| to.value == service.name.value).map(|(_, alias)| alias.clone()));
    names
}
