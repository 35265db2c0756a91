#!/usr/bin/env bash
# Runs every test of stackc, after having brought up what they need.
#
#   ./test.sh                            all tests, those on a Docker Engine among them
#   ./test.sh --no-engine                all tests but those, and those that take longer; takes seconds
#   ./test.sh [--no-engine] ARGS...      ARGS go to `cargo test`: a filter, --release, -- --nocapture
#   ./test.sh --help                     this text
#
# On Debian it installs the packages that are missing, as root or through sudo. Unless a recent Docker Engine answers,
# tests/engine/engine.sh brings one up beside the system; it is left running (`tests/engine/engine.sh down` stops it).
#
# Exit code: 0 every test passed, 1 one failed or could not be run, 3 a wrong command line.

set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")"

readonly images=(python:3.14-slim postgres:18 nginx:1.30 buildpack-deps:trixie-scm node:24-slim)

say() { printf 'test.sh: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

as_root() {
  if [[ $EUID -eq 0 ]]; then "$@"
  elif command -v sudo >/dev/null; then sudo -E "$@"
  else die "this needs root, and there is no sudo: $*"
  fi
}

# packages COMMAND=PACKAGE...: installs the packages whose command is missing.
packages() {
  local pair missing=()
  for pair; do
    command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}")
  done
  [[ ${#missing[@]} -gt 0 ]] || return 0
  command -v apt-get >/dev/null || die "missing: ${missing[*]}, and there is no apt-get to install them with"
  say "installing ${missing[*]}"
  local output
  output=$(as_root apt-get update 2>&1 &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" 2>&1) ||
    die "apt-get cannot install ${missing[*]}:"$'\n'"$(tail -n 20 <<<"$output")"
}

# at_least HAVE WANT: in version order
at_least() { [[ -n $1 && $(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]; }

rust() {
  local wanted have
  wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
  [[ -x $(command -v cargo || true) || ! -x $HOME/.cargo/bin/cargo ]] || PATH=$HOME/.cargo/bin:$PATH
  packages cc=gcc ld=binutils
  [[ -e /usr/include/stdio.h || ! -e /etc/debian_version ]] || packages /usr/include/stdio.h=libc6-dev
  if ! command -v cargo >/dev/null && command -v apt-cache >/dev/null; then
    have=$(apt-cache policy cargo | sed -n 's/^ *Candidate: *\([0-9.]*\).*/\1/p')
    if at_least "$have" "$wanted"; then packages cargo=cargo; fi
  fi
  have=$(rustc --version 2>/dev/null | awk '{ print $2 }') || true
  at_least "$have" "$wanted" ||
    die "stackc is built with Rust $wanted or later, and there is ${have:-none}: install it as https://rustup.rs says"
}

engine() {
  local exports
  exports=$(as_root_if_needed tests/engine/engine.sh up) || die "no engine: see above, or leave its tests out with --no-engine"
  eval "$exports"
  if ! docker version >/dev/null 2>&1; then
    # Root brought it up, for the tests of this user alone.
    [[ ${DOCKER_HOST:-} == unix:///* ]] || die "the engine at ${DOCKER_HOST:-its default address} does not answer $(id -un)"
    say "letting $(id -un) use ${DOCKER_HOST#unix://}"
    as_root chown "$(id -u)" "${DOCKER_HOST#unix://}"
    export BUILDX_CONFIG=${XDG_CACHE_HOME:-$HOME/.cache}/stackc-buildx
  fi
  as_root_if_needed tests/engine/engine.sh images "${images[@]}" >&2 || die "the images of the tests cannot be had: see above"
}

# as_root_if_needed COMMAND...: without root where an engine answers already.
as_root_if_needed() {
  if docker version >/dev/null 2>&1; then "$@"; else as_root "$@"; fi
}

# The programs of Python that check what is for other programs, in a folder of their own.
tools() {
  local folder=${CARGO_TARGET_DIR:-target}/tools wanted=(pre-commit==4.7.0 check-jsonschema==0.39.0 PyYAML==6.0.3)
  mkdir -p "$folder"
  folder=$(cd "$folder" && pwd)
  if [[ $(cat "$folder/installed" 2>/dev/null) != "${wanted[*]}" ]]; then
    packages git=git python3=python3
    python3 -c 'import ensurepip, venv' 2>/dev/null || packages /usr/share/doc/python3-venv=python3-venv
    say "installing ${wanted[*]} in $folder"
    { python3 -m venv --clear "$folder" && "$folder/bin/pip" install --quiet "${wanted[@]}"; } >&2 ||
      die "the programs of Python that the tests need cannot be installed: see above"
    printf '%s\n' "${wanted[*]}" >"$folder/installed"
  fi
  export STACKC_TOOLS=$folder/bin
}

# The linters of other people, in a folder of their own.
peers() {
  local folder=${CARGO_TARGET_DIR:-target}/peers
  packages python3=python3 npm=npm flock=util-linux
  python3 -c 'import ensurepip, venv' 2>/dev/null || packages /usr/share/doc/python3-venv=python3-venv
  tests/engine/peers.sh "$folder" || die "the linters that stackc is compared with cannot be installed: see above"
  STACKC_PEERS=$(cd "$folder" && pwd)
  export STACKC_PEERS
}

# count FOLDER: how many tests there are below it
count() { cat "tests/$1"/*.rs | grep -c '^#\[test\]' || true; }

main() {
  local with_engine=1 cargo_args=() test_args=() code=0
  while [[ $# -gt 0 ]]; do
    case $1 in
      --no-engine) with_engine=0 ;;
      -h | --help) sed -n '2,/^$/s/^# \{0,1\}//p' test.sh; exit 0 ;;
      --) shift; test_args=("$@"); break ;;
      *) cargo_args+=("$1") ;;
    esac
    shift
  done

  packages busybox=busybox gzip=gzip groff=groff-base strace=strace /usr/bin/time=time unshare=util-linux \
    xmllint=libxml2-utils jsonschema=python3-jsonschema
  rust
  if [[ $with_engine -eq 1 ]]; then packages nginx=nginx chromium=chromium git=git ssh-agent=openssh-client /usr/sbin/sshd=openssh-server; tools; peers; engine; else test_args+=(--skip engine:: --skip slow::); fi

  SECONDS=0
  cargo test ${cargo_args[@]+"${cargo_args[@]}"} -- ${test_args[@]+"${test_args[@]}"} || code=$?
  case $code in
    0) ;;
    1) say "cargo cannot follow this command line; \`./test.sh --help\` says more"; exit 3 ;; # 101: a test failed, or the build
    *) say "FAILED, after $SECONDS s: see above"; exit 1 ;;
  esac
  if [[ $with_engine -eq 1 ]]; then
    say "passed, in $SECONDS s; the tests on Docker Engine $(docker version --format '{{.Server.Version}}') among them"
  else
    say "passed, in $SECONDS s; left out: $(count engine) tests on a Docker Engine and $(count slow) that take longer, all" \
      "of which \`./test.sh\` runs"
  fi
}

main "$@"
