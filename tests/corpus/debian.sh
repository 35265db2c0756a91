#!/usr/bin/env bash
# Fetches the configurations of nginx that Debian's packages install, and puts them below FOLDER/repos/PACKAGE.
#
#   tests/corpus/debian.sh FOLDER
#
# It needs apt-get with apt-file, and takes the release that this machine's sources name. Nothing is installed.

set -euo pipefail

folder=${1:?usage: debian.sh FOLDER}
mkdir -p "$folder/repos" "$folder/packages"
folder=$(cd "$folder" && pwd)

# Filters of other programs and test data of syntax highlighters are about nginx, and not for it.
mapfile -t packages < <(
  {
    apt-file search -x '^/(etc|usr/share/doc)/.*nginx.*(\.conf|/sites-available/[^/]+|/snippets/[^/]+)$' |
      grep -v 'fail2ban' | cut -d: -f1
    apt-cache search --names-only '^libnginx-mod-' | cut -d' ' -f1
    echo nginx-common
  } | sort -u
)
cd "$folder/packages"
apt-get download "${packages[@]}" >/dev/null
for package in *.deb; do
  mkdir -p "$folder/repos/${package%%_*}"
  dpkg-deb --fsys-tarfile "$package" |
    tar -x -C "$folder/repos/${package%%_*}" --wildcards './etc/*nginx*' './usr/share/doc/*/examples/*nginx*' 2>/dev/null || true
done
rm -rf "$folder/packages"
find "$folder/repos" -type f | wc -l
