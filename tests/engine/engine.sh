#!/usr/bin/env bash
# The engine that stackc's own end-to-end tests run on.
#
#   eval "$(tests/engine/engine.sh up)"                    a Docker Engine with Compose v2 and buildx
#   tests/engine/engine.sh images nginx:1.30 postgres:18   these images exist in it afterwards
#   tests/engine/engine.sh down                            stop what `up` started, and nothing else
#
# `up` takes the engine that already answers (DOCKER_HOST, the current context, or the default socket) if it is recent enough.
# Otherwise it unpacks Debian's newest engine beside the system, replacing nothing, and starts it: that needs root on Debian.
# `images` pulls when the image's registry answers. Otherwise it builds a stand-in (images/<name>/) on a debootstrapped Debian.
# The Debian mirror, package-index settings and certificates are those that this machine's own apt, pip and openssl use.
#
# Progress and errors go to stderr; stdout carries only the lines to eval (`up`) or one line per image (`images`).
# Exit code: 0 done, 1 it could not be done (stderr says why), 2 wrong usage.
#
#   STACKC_ENGINE_HOME    where the unpacked engine and its data live (default /var/tmp/stackc-test-engine)
#   STACKC_ENGINE_SUITE   the Debian suite it comes from (default sid)
#   STACKC_ENGINE_OWN     1: never use an engine that is already there
#   STACKC_ENGINE_PULL    auto (default) | never | always

set -Eeuo pipefail
shopt -s inherit_errexit

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here
readonly home=${STACKC_ENGINE_HOME:-/var/tmp/stackc-test-engine}
readonly suite=${STACKC_ENGINE_SUITE:-sid}
readonly pull=${STACKC_ENGINE_PULL:-auto}
readonly root=$home/root socket=$home/docker.sock pidfile=$home/dockerd.pid log=$home/dockerd.log
readonly base=stackc-stand-in/base:$suite-2 # the number grows with what `make_base` puts into it
# What the tests rely on: BuildKit with heredocs and named contexts, build checks, and Compose's `service:` contexts.
readonly min_engine=25.0 min_compose=2.24 min_buildx=0.15

say() { printf 'engine.sh: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
trap 'say "line $LINENO: \`$BASH_COMMAND\` failed"' ERR

# --- small helpers -----------------------------------------------------------------------------------------------------------

# quietly LOG COMMAND...: runs it with its output in LOG, whose end is shown only if it fails.
quietly() {
  local out=$1; shift
  "$@" >"$out" 2>&1 </dev/null && return
  say "failed: $*"
  say "the end of $out:"
  tail -n 30 "$out" | cut -c1-200 >&2
  exit 1
}

at_least() { # at_least HAVE WANT: version order; an empty HAVE is never enough
  [[ -n $1 && $(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]
}

# locked NAME: one process at a time from here to the end of this one. Children that outlive it must close fd 9.
locked() {
  { mkdir -p "$home" && : >>"$home/$1.lock"; } 2>/dev/null || die "cannot write to $home: be root, or set STACKC_ENGINE_HOME to a folder of yours"
  exec 9>"$home/$1.lock"
  flock -n 9 && return
  say "another engine.sh holds $home/$1.lock; waiting for it"
  flock -w 900 9 || die "gave up after 15 minutes waiting for $home/$1.lock"
}

need_root() { [[ $EUID -eq 0 ]] || die "$1 needs root"; }

# --- Debian packages ---------------------------------------------------------------------------------------------------------

# apt_retry ARGS...: another apt-get on the machine may hold a lock for a while.
apt_retry() {
  local _
  for _ in {1..6}; do
    DEBIAN_FRONTEND=noninteractive apt-get -oDPkg::Lock::Timeout=300 -oAcquire::Retries=3 "$@" && return
    sleep 5
  done
  return 1
}

# have_host COMMAND=PACKAGE...: installs the packages whose command is missing.
have_host() {
  local pair missing=()
  for pair; do
    PATH=$PATH:/usr/sbin:/sbin command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}")
  done
  [[ -s /etc/ssl/certs/ca-certificates.crt ]] || missing+=(ca-certificates)
  [[ ${#missing[@]} -gt 0 ]] || return 0
  need_root "installing ${missing[*]}"
  command -v apt-get >/dev/null || die "missing: ${missing[*]}, and there is no apt-get to install them with"
  say "installing ${missing[*]}"
  quietly "$home/apt-update.log" apt_retry update
  quietly "$home/apt-install.log" apt_retry install -y -qq --no-install-recommends "${missing[@]}"
}

# mirror: the address of the Debian archive that this machine's apt uses for its own release.
mirror() {
  local release
  release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
  # shellcheck disable=SC2016 # apt-get expands these
  apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
    awk -v r="$release" '$2 == "main" && $3 ~ /^(https?|file):/ && ($1 == r || $1 == "stable" || $1 == "sid" || $1 == "unstable") { print $3 }' | sed -n 1p | grep . || die "this machine's apt names no Debian archive (looked for component main of ${release:-its release})"
}

# suite_apt ARGS...: apt for $suite, with lists of its own, so that the machine's are left as they are.
suite_apt() {
  local tool=$1; shift
  "$tool" -oDir::Etc::SourceList=/dev/null -oDir::Etc::SourceParts="$home/apt/sources" -oDir::Etc::Preferences=/dev/null \
    -oDir::Etc::PreferencesParts=/dev/null -oDir::State::Lists="$home/apt/lists" -oDir::Cache="$home/apt/cache" \
    -oAPT::Sandbox::User=root -oAcquire::Languages=none -oAcquire::IndexTargets::deb::DEP-11::DefaultEnabled=false \
    -oAcquire::Retries=3 "$@"
}

suite_lists() { # fetched anew at most once an hour
  [[ -z $(find "$home/apt/fresh" -mmin -60 2>/dev/null) ]] || return 0
  local archive
  archive=$(mirror)
  mkdir -p "$home"/apt/{sources,lists/partial,cache/archives/partial}
  printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n' \
    "$archive" "$suite" >"$home/apt/sources/suite.sources"
  say "reading the package lists of Debian $suite"
  quietly "$home/apt-suite.log" suite_apt apt-get update
  touch "$home/apt/fresh"
}

suite_version() { # suite_version PACKAGE: its upstream version in $suite
  suite_apt apt-cache policy "$1" | sed -n 's/^ *Candidate: *\([0-9]*:\)\{0,1\}\([0-9][0-9.]*[0-9]\).*/\2/p'
}

# --- the engine --------------------------------------------------------------------------------------------------------------

# answers: the docker command as it is set up now reaches an engine that is recent enough. Leaves the reason in $shortcoming.
answers() {
  local server compose buildx
  shortcoming=
  command -v docker >/dev/null || { shortcoming='no docker command'; return 1; }
  server=$(timeout 20 docker version --format '{{.Server.Version}}' 2>/dev/null) || { shortcoming='no engine answers'; return 1; }
  compose=$(timeout 20 docker compose version --short 2>/dev/null | sed 's/^v//') || true
  buildx=$(timeout 20 docker buildx version 2>/dev/null | awk '{ sub(/^v/, "", $2); print $2 }') || true
  at_least "$server" "$min_engine" || shortcoming="engine $server is older than $min_engine"
  at_least "$compose" "$min_compose" || shortcoming="compose ${compose:-(none)} is older than $min_compose"
  at_least "$buildx" "$min_buildx" || shortcoming="buildx ${buildx:-(none)} is older than $min_buildx"
  [[ -z $shortcoming ]]
}

use_own() {
  export DOCKER_HOST=unix://$socket DOCKER_CONFIG=$home/config
  unset DOCKER_CONTEXT
  case :$PATH: in *:"$root/usr/bin":*) ;; *) PATH=$root/usr/bin:$PATH ;; esac
}

own_runs() {
  local pid
  pid=$(cat "$pidfile" 2>/dev/null) && [[ $(cat "/proc/$pid/comm" 2>/dev/null) == dockerd ]] &&
    tr '\0' '\n' <"/proc/$pid/cmdline" | grep -qxF "$pidfile"
}

unpack() {
  [[ ! -e $home/unpacked ]] || return 0
  [[ $(dpkg --print-architecture 2>/dev/null) ]] || die "making an engine needs Debian (there is no dpkg here)"
  suite_lists
  say "unpacking Debian $suite's engine into $home"
  local packages=(docker.io docker-cli docker-buildx docker-compose containerd tini-static) deb plugin
  rm -rf "$root" "$home/debs" "$home/config"
  mkdir -p "$root" "$home/debs" "$home/config/cli-plugins"
  (cd "$home/debs" && quietly "$home/apt-download.log" suite_apt apt-get download "${packages[@]}") || exit 1
  for deb in "$home"/debs/*.deb; do dpkg-deb -x "$deb" "$root"; done
  for plugin in docker-buildx docker-compose; do
    deb=$(find "$root" -path "*cli-plugins/$plugin" | head -n 1)
    [[ -n $deb ]] || die "Debian $suite's $plugin has no client plug-in where it used to"
    ln -s "$deb" "$home/config/cli-plugins/$plugin"
  done
  mkdir -p "$root/usr/bin" "$root/usr/sbin"
  "$root/usr/sbin/dockerd" --version >/dev/null || die "Debian $suite's dockerd does not run on this system"
  rm -rf "$home/debs"
  touch "$home/unpacked"
}

start() {
  local _
  rm -f "$pidfile"
  say "starting dockerd (its log: $log)"
  env -u DOCKER_HOST PATH="$root/usr/bin:$root/usr/sbin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
    setsid "$root/usr/sbin/dockerd" --data-root "$home/data" --exec-root "$home/exec" --pidfile "$pidfile" \
    --host "unix://$socket" --config-file "$home/daemon.json" >"$log" 2>&1 </dev/null 9>&- &
  local dockerd=$!
  for _ in {1..240}; do
    [[ ! -S $socket ]] || ! docker version >/dev/null 2>&1 || return 0
    kill -0 "$dockerd" 2>/dev/null || break
    sleep 0.25
  done
  say "dockerd did not come up; the end of $log:"
  tail -n 8 "$log" >&2
  exit 1
}

engine() {
  if [[ -n ${DOCKER_HOST:-} && $DOCKER_HOST != "unix://$socket" && ${STACKC_ENGINE_OWN:-} != 1 ]] && answers; then return 0; fi
  if own_runs; then use_own; answers || die "the engine at $socket runs but is not usable: $shortcoming (see $log)"; return 0; fi
  if [[ ${STACKC_ENGINE_OWN:-} != 1 ]]; then
    answers && return
    [[ $shortcoming == no* ]] || say "not using the engine that answers: $shortcoming"
  fi
  need_root "starting an engine"
  have_host iptables=iptables runc=runc
  unpack
  [[ -e $home/daemon.json ]] || printf '{}\n' >"$home/daemon.json"
  use_own
  start
  answers || die "the engine started, but is not usable: $shortcoming"
}

up() {
  locked up
  engine
  local host=${DOCKER_HOST:-$(docker context inspect --format '{{.Endpoints.docker.Host}}')}
  printf 'export DOCKER_HOST=%q\n' "$host"
  [[ -z ${DOCKER_CONFIG:-} ]] || printf 'export DOCKER_CONFIG=%q\n' "$DOCKER_CONFIG"
  # shellcheck disable=SC2016 # whoever evaluates it expands it
  [[ $host != "unix://$socket" ]] || printf 'unset DOCKER_CONTEXT\ncase :$PATH: in *:%q:*) ;; *) export PATH=%q:$PATH ;; esac\n' "$root/usr/bin" "$root/usr/bin"
}

down() {
  locked up
  own_runs || { say "no engine of its own is running"; return 0; }
  local pid _
  pid=$(cat "$pidfile")
  kill "$pid"
  for _ in {1..120}; do [[ -d /proc/$pid ]] || return 0; sleep 0.25; done
  die "dockerd ($pid) is still there 30 seconds after it was asked to stop (see $log)"
}

# --- images ------------------------------------------------------------------------------------------------------------------

# label IMAGE NAME: that label of the image; empty where it has none; fails where there is no such image.
label() { docker image inspect --format "{{with .Config.Labels}}{{index . \"$2\"}}{{end}}" "$1" 2>/dev/null; }

# try_pull IMAGE: asks the image's registry for its manifest first, which is quick wherever there is no registry.
try_pull() {
  local first=${1%%/*} registry=default reply
  [[ $1 != */* || $first != *[.:]* ]] || registry=$first
  [[ $pull != never && " ${silent[*]-} " != *" $registry "* ]] || return 1
  if [[ $pull != always ]] && ! reply=$(timeout 10 docker manifest inspect "$1" 2>&1 >/dev/null); then
    case $reply in *manifest* | *denied* | *unauthorized*) ;; *) silent+=("$registry") ;; esac # it answered, if only with a no
    return 1
  fi
  docker pull -q "$1" >/dev/null && return
  [[ $pull != always ]] || die "cannot pull $1"
  return 1
}

# settings DIR: what this machine is told about package indexes and certificates, in the places where Debian's tools read it.
settings() {
  local etc=$1/etc key value
  mkdir -p "$etc/apt/apt.conf.d" "$etc/uv"
  apt-config dump | grep -E '^Acquire::(https?::(Proxy|Proxy-Auto-Detect|CaInfo)|Check-(Date|Valid-Until)|Retries) ' >"$etc/apt/apt.conf.d/90machine" || true
  cp /etc/ssl/certs/ca-certificates.crt "$etc/ssl/certs/ca-certificates.crt"
  mkdir -p "$1/usr/local/share/ca-certificates"
  find /usr/local/share/ca-certificates -name '*.crt' -exec cp -t "$1/usr/local/share/ca-certificates" {} + 2>/dev/null || true
  printf '[global]\ncert = /etc/ssl/certs/ca-certificates.crt\n' >"$etc/pip.conf"
  printf 'native-tls = true\n' >"$etc/uv/uv.toml"
  for key in index-url extra-index-url trusted-host proxy; do
    value=$(python3 -m pip config get "global.$key" 2>/dev/null || python3 -m pip config get ":env:.$key" 2>/dev/null) || continue
    printf '%s = %s\n' "$key" "$value" >>"$etc/pip.conf"
    [[ $key != index-url ]] || printf 'index-url = "%s"\n' "$value" >>"$etc/uv/uv.toml"
  done
  printf 'cafile=/etc/ssl/certs/ca-certificates.crt\n' >"$etc/stackc-npmrc"
  value=$(npm config get registry 2>/dev/null) || return 0
  printf 'registry=%s\n' "$value" >>"$etc/stackc-npmrc"
}

make_base() {
  ! docker image inspect "$base" >/dev/null 2>&1 || return 0
  need_root "making stand-in images"
  have_host debootstrap=debootstrap
  local tree=$home/rootfs
  ! grep -qs " $tree/" /proc/mounts || umount -R "$tree"/{proc,sys,dev} 2>/dev/null || true    # left by one that was interrupted
  rm -rf --one-file-system "$tree"
  say "no registry answers: making a Debian $suite to build stand-ins on"
  quietly "$home/debootstrap.log" debootstrap --variant=minbase --include=ca-certificates "$suite" "$tree" "$(mirror)"
  settings "$tree"
  rm -rf "$tree"/var/cache/apt/archives/*.deb "$tree"/var/lib/apt/lists/* "$tree"/var/log/bootstrap.log "$tree"/etc/{hostname,resolv.conf}
  tar -C "$tree" --one-file-system -c . | docker import -c 'CMD ["bash"]' - "$base" >/dev/null
  rm -rf --one-file-system "$tree"
}

# recipe NAME: changes with every file of images/NAME/.
recipe() { (cd "$here/images/$1" && find . -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-12); }

# stand_in IMAGE: builds images/<name>/ and tags it as IMAGE, if the version that Debian has is the one that IMAGE asks for.
stand_in() {
  local image=$1 plain name tag asked have package named built
  plain=${image##*library/}
  name=${plain%%:*} tag=${plain#"$name"}; tag=${tag#:}
  [[ $name =~ ^[a-z0-9._-]+$ && -f $here/images/$name/Dockerfile && $image != *@* ]] ||
    die "no registry has $image for us, and there is no stand-in for it (there is one for: $(cd "$here/images" && printf '%s ' */ | tr -d /))"
  [[ $(label "$image" stackc.recipe || true) != "$(recipe "$name")" ]] || return 0
  package=$(sed -n 's/^# package: *//p' "$here/images/$name/Dockerfile")
  suite_lists
  have=$(suite_version "$package")
  [[ -n $have ]] || die "Debian $suite has no package $package to stand in for $image"
  asked=${tag%-slim}
  named=$(sed -n 's/^# tags: *//p' "$here/images/$name/Dockerfile") # those that are no version
  [[ -z $asked || $asked == latest || $have. == "$asked".* || " $named " == *" $asked "* ]] ||
    die "no registry has $image for us, and Debian $suite, which stands in for it, has $name $have"
  make_base
  built=stackc-stand-in/$name:$have
  if [[ $(label "$built" stackc.recipe || true) != "$(recipe "$name")" ]]; then
    say "building a stand-in for $name ($have)"
    quietly "$home/build-$name.log" docker build --build-arg BASE="$base" --build-arg VERSION="$have" \
      --label stackc.stand-in="$name $have" --label stackc.recipe="$(recipe "$name")" -t "$built" "$here/images/$name"
  fi
  docker tag "$built" "$image"
}

images() {
  local image was exports silent=()
  [[ $# -gt 0 ]] || { say "images: which ones? (such as: images nginx:1.30 postgres:18)"; exit 2; }
  exports=$("${BASH_SOURCE[0]}" up) || exit 1
  eval "$exports"
  locked images
  for image; do
    if was=$(label "$image" stackc.stand-in) && [[ -z $was ]]; then
      printf '%s present\n' "$image"
    elif try_pull "$image"; then
      printf '%s pulled\n' "$image"
    else
      stand_in "$image"
      printf '%s stand-in: %s\n' "$image" "$(label "$image" stackc.stand-in)"
    fi
  done
}

case ${1:-} in
  up | down) [[ $# -eq 1 ]] || { say "$1 takes no arguments"; exit 2; }; "$1" ;;
  images) shift; images "$@" ;;
  *) sed -n '2,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
esac
