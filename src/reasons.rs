//! Why there are lines that no statement says word for word: one sentence for every default, and for everything that a
//! statement stands for.

/// A default, or a part of what a statement stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The name in [`crate::source::Via::Default`] or [`crate::source::Via::Lowered`].
    pub name: &'static str,
    /// Whose it is.
    pub giver: Giver,
    /// Why it exists, in one sentence.
    pub why: &'static str,
}

/// What supplies a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Giver {
    /// The policy of a file that says nothing or `defaults secure`; with `defaults plain` it is not there.
    Secure,
    /// Any policy: it belongs to the artefact.
    Always,
    /// A statement that stands for several things.
    Statement,
}

/// The reason of that name.
pub fn reason(name: &str) -> Option<&'static Reason> {
    REASONS.iter().find(|reason| reason.name == name)
}

macro_rules! reasons {
    ($($giver:ident { $($name:literal: $why:literal;)* })*) => {
        /// Every reason.
        pub const REASONS: &[Reason] = &[$($(Reason { name: $name, giver: Giver::$giver, why: $why },)*)*];
    };
}

reasons! {
    Always {
        "header": "Who opens the file should know where its text comes from, and that edits would stop the next build.";
        "env-example": "Compose reads what is set from a file named `.env`, which nobody wrote yet.";
        "context-ignore": "BuildKit reads this file in place of the `.dockerignore` of the build context, whose patterns \
                           are therefore repeated.";
        "image-runs": "Where compose replaces the entrypoint of an image it forgets the command as well, so that what \
                       the image is known to run is repeated.";
    }
    Secure {
        "project-name": "The project is named after the stack, so that its containers and volumes keep their names \
                         whatever the folder is called.";
        "restart": "A program that crashed, or whose host was restarted, comes back unless somebody stopped it.";
        "log-rotation": "Docker keeps the output of a container without a bound, until the disk is full.";
        "cap-drop": "Few programs need a capability of the kernel, and what a program does not hold cannot be turned \
                     against the host.";
        "no-new-privileges": "A setuid program in the image could give a process more rights than it was started with.";
        "read-only": "Neither an intruder nor a mistake can change the program; what must be written lies in volumes \
                      and in a tmpfs.";
        "tmpfs": "The program writes to these places, and its root file system is read-only or belongs to somebody else.";
        "image-user": "The program of this image is known to run as a user of its own, so that it need not be root.";
        "build-user": "A program that is root in its container is root over everything that is mounted into it.";
        "mount-owner": "A new volume takes over the owner of the folder that it is mounted on; without this the user of \
                        the image could not write to it.";
        "init": "Most programs ignore SIGTERM and leave dead children behind when they are process 1, so that a small \
                 init is it.";
        "known-health": "It is known how to ask this image whether it can be used, and others can wait for the answer.";
        "needs-healthy": "A program that has started cannot always be used yet; what has a health check is waited for \
                          until it is healthy.";
        "proxy-needs": "A proxy that starts before the services behind it would answer its first visitors with an error.";
        "data-network": "Databases are on an internal network of their own, where neither the proxy nor anything \
                         outside reaches them.";
        "image-environment": "Python then prints its output at once and leaves no compiled files in the image.";
        "ignored-files": "No image needs these files, and some of them must be in none, whatever a `copy` says.";
        "nosniff": "Browsers must not guess another type than the one that they are told.";
        "tls-protocols": "Older protocols and suites are broken, or let a key that is stolen later open what was recorded \
                          before; browsers need none of them.";
        "tls-sessions": "A browser that comes back need not shake hands in full; tickets are off, because their keys \
                         would outlive the sessions.";
        "http2": "Browsers then ask for all files of a page over one connection.";
        "gzip-served": "There are such files below what is served, and nginx compresses only the types that it is told.";
        "static-cache": "Where nothing is said, browsers guess how long a file stays right, and go on using the old one after a \
                         deployment.";
        "static-cache-table": "A file whose name has a hash of its content in it never becomes another one, so that browsers \
                               need not ask for it again; any other is asked for before every use.";
        "missing-types": "There are such files below what is served, and nginx has no type for them: it would offer \
                          them as a download.";
        "unknown-hosts": "nginx hands a request for an unknown host to its first server; this one turns it away instead.";
        "proxy-health": "The health check asks an address of its own, so that it depends on no site and fills no log.";
        "nginx-workers": "nginx starts a single worker unless it is told to start one for each processor.";
        "nginx-temporary-files": "The root file system is read-only and nginx is not root, so that everything it writes \
                                  goes below /tmp.";
        "nginx-logs": "What is written there is what `docker logs` shows.";
        "nginx-types": "The type of a file follows from its extension; what has none is offered as a download, while \
                        nginx alone would call it text.";
        "nginx-charset": "Without it browsers guess the encoding of text files.";
        "nginx-version-hidden": "The version of nginx is of use to nobody but an attacker.";
        "nginx-sendfile": "Files then go from the disk to the network without passing through nginx.";
        "nginx-relative-redirects": "nginx does not know the port that is published, and would send visitors to the \
                                     one that it listens on.";
        "nginx-resolver": "Docker's name server is asked anew every two seconds (a second after an answer stopped being \
                           right), so that a container that was made anew is found at its new address.";
        "nginx-resolver-timeout": "While a service is away, Docker asks the name servers of the host for it; where they \
                                   keep silent, nginx alone would try again after half a minute.";
        "nginx-gzip": "Text shrinks to a fraction of its size, and nginx alone compresses nothing but HTML, if it is \
                       told to at all.";
        "nginx-upstream-http": "Connections to services can only be kept open, and upgraded, with HTTP/1.1.";
        "nginx-connect-timeout": "The address of a container that was replaced answers nobody, and nginx alone would \
                                  have a visitor wait for a minute.";
        "nginx-forwarded-headers": "A service behind nginx sees the address of nginx alone, unless it is told who asks, \
                                    for which host and how.";
        "nginx-upgrade": "A connection is upgraded if the visitor asks for it and closed otherwise, as `websocket` \
                          needs it.";
    }
    Statement {
        "emitted-dockerfile": "The steps of a `build` are a Dockerfile of their own.";
        "build-argument": "A Dockerfile does not see the environment of compose: an input reaches it as an argument.";
        "apt-packages": "Packages come without those that are merely recommended, and what apt downloads stays in a \
                         cache and out of the image.";
        "pip-requirements": "The list of packages is mounted for this step alone, so that the step is only repeated \
                             when the list changes; downloads stay in a cache and out of the image.";
        "uv-packages": "Packages are installed by uv in a stage of its own, exactly as the lock file says and only when \
                        the lists change: neither uv nor what they are built with is in the image that runs.";
        "npm-packages": "`npm ci` installs exactly what the lock file says, from lists that are mounted for this step \
                         alone, so that it is only repeated when they change; downloads stay in a cache and out of the image.";
        "pnpm-packages": "pnpm installs exactly what the lock file says, in the one version that the project names; the \
                          lists are mounted for this step alone, so that it is only repeated when they change; its store \
                          stays in a cache and out of the image.";
        "packages-copied": "The virtual environment is all that the image gets of the stage that made it; programs find \
                            it by `PATH`.";
        "git-fetch": "A stage of its own fetches the repository and leaves nothing of git or of the key behind; only the \
                      files are taken out of it.";
        "git-known-hosts": "ssh believes the host by the keys that the stack file pins and by no others, and asks nobody.";
        "git-image": "What fetches needs git, ssh and certificates, and none of it ends up in the image that is built.";
        "git-tree": "The files that git fetched are put together in one place, which `copy` takes from as it would from \
                     the build context.";
        "ignored-secret": "The file of a secret must be in no image, whatever a `copy` says.";
        "exporting-entrypoint": "An exported variable is set by a shell that reads the secret's file when the container \
                                 starts, and then runs what would have run.";
        "proxy-image": "A proxy is an image of its own: nginx with the configuration and the files that it serves.";
        "nginx-events": "nginx does not start without this block.";
        "nginx-http": "The sites of a proxy are servers of this block.";
        "site-port": "A site listens on the container's port that the proxy publishes first, or else on 80.";
        "static-copy": "The files are copied into the image of the proxy, each under its path, so that nothing has to be \
                        mounted.";
        "gateway": "A program that is not spoken to in HTTP knows of a request what it is told, parameter by parameter.";
        "bucket": "The store is asked by its own name for a path and nothing else, and what it says of itself is left out: \
                   neither does it learn who asks, nor visitors where the files are.";
        "bucket-cache": "Small files are kept in memory for a while, so that the store is not asked for each of them by every \
                         visitor; large ones would fill it.";
        "spa": "The routes of a single-page application are answered with its page, which is asked for anew each time, \
                and a file that is missing is not.";
        "upstream": "nginx follows the service when it comes, goes and moves, where it would otherwise resolve its name \
                     once and for all.";
        "websocket": "The connection is upgraded and may be silent for an hour; headers in a location replace those \
                      further out, which are therefore repeated.";
        "repeated-header": "nginx forgets the headers of a site in a location that adds one of its own, which is why they \
                            are repeated there.";
        "answer-type": "The answer is plain text, and has no extension that would tell.";
        "nginx-dollar": "nginx has no way to write a dollar sign where it reads variables, but for a variable that \
                         holds one.";
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::REASONS;

    #[test]
    fn every_reason_is_one_sentence_under_one_name() {
        let names: BTreeSet<&str> = REASONS.iter().map(|reason| reason.name).collect();
        assert_eq!(names.len(), REASONS.len());
        for reason in REASONS {
            let sentence = reason.why;
            assert!(sentence.ends_with('.') && !sentence.contains(". "), "{}: {sentence}", reason.name);
            assert!(!sentence.contains("  "), "{}: {sentence}", reason.name);
        }
    }
}
