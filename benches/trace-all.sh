#!/usr/bin/env bash
# Compares `stackc trace --all` over a static root of many files with `find` over the same tree, in one run.
#
#   benches/trace-all.sh [FILES]     200,000 files unless said otherwise
#
# It builds the release, makes a tree in a folder of its own (TMPDIR says where) and takes it away again. Both programs
# are run in turns, five times each, behind a first turn that counts for nothing; the medians are compared.
# Exit code: 0 within the bounds (3 times `find`, 200 MB), 1 beyond them.

set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly files=${1:-200000} most_times=3 most_kb=$((200 * 1000))

cargo build --release --quiet
stackc=${CARGO_TARGET_DIR:-target}/release/stackc
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# A hundred files a folder, of the kinds that a site is made of.
printf 'making %s files\n' "$files"
awk -v files="$files" -v root="$folder/srv/www" 'BEGIN {
  count = split("css js svg png woff2 html json map webp txt", kinds, " ")
  for (i = 0; i < files; i++)
    printf "%s/d%03d/e%02d/file-%06d.%s\n", root, i / 10000, (i / 100) % 100, i, kinds[i % count + 1]
}' > "$folder/list"
sed 's|/[^/]*$||' "$folder/list" | sort -u | tr '\n' '\0' | xargs -0 mkdir -p
tr '\n' '\0' < "$folder/list" | xargs -0 touch

cat > "$folder/nginx.conf" <<'CONF'
events {}
http {
    include mime.types;
    default_type application/octet-stream;
    charset utf-8;
    server {
        listen 80;
        server_name example.org;
        root /srv/www;
        add_header X-Content-Type-Options nosniff;
        location / {
            try_files $uri $uri/ =404;
        }
        location ~* \.(png|webp|woff2)$ {
            expires 30d;
            add_header Cache-Control public;
        }
        location /d000/ {
            autoindex on;
        }
        location ~ /\. {
            deny all;
        }
    }
}
CONF

now() { date +%s%N; }

# measure COMMAND...: sets `took`, in microseconds
measure() {
  local start
  start=$(now)
  "$@" > "$folder/out"
  took=$((($(now) - start) / 1000))
}

median() { sort -n | sed -n 3p; }

find_it() { find "$folder/srv/www" -type f; }
trace_it() { "$stackc" trace --all --file "$folder/nginx.conf" --fs "$folder"; }

measure find_it
measure trace_it
rows=$(grep -c '^200 ' "$folder/out")
[[ $rows -eq $files ]] || { printf '%s of %s files are served\n' "$rows" "$files"; exit 1; }
for _ in 1 2 3 4 5; do
  measure find_it; echo "$took" >> "$folder/find"
  measure trace_it; echo "$took" >> "$folder/trace"
done
found=$(median < "$folder/find") traced=$(median < "$folder/trace")

# The most memory that it ever held, as the kernel counts it.
"$stackc" trace --all --file "$folder/nginx.conf" --fs "$folder" > "$folder/out" &
memory=0
while held=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$!/status" 2>/dev/null) && [[ -n $held ]]; do
  memory=$((held > memory ? held : memory))
  sleep 0.005
done
wait

awk -v files="$files" -v found="$found" -v traced="$traced" -v memory="$memory" 'BEGIN {
  printf "%d files: find %.3f s, stackc trace --all %.3f s, ratio %.2f, at most %.0f MB\n",
    files, found / 1e6, traced / 1e6, traced / found, memory / 1e3
}'
[[ $traced -le $((most_times * found)) && $memory -gt 0 && $memory -le $most_kb ]]
