#!/bin/sh
# Fills the environment's variables into /etc/nginx/templates/*.template, as the official image does.
set -e
from=${NGINX_ENVSUBST_TEMPLATE_DIR:-/etc/nginx/templates}
to=${NGINX_ENVSUBST_OUTPUT_DIR:-/etc/nginx/conf.d}
suffix=${NGINX_ENVSUBST_TEMPLATE_SUFFIX:-.template}
[ -d "$from" ] || exit 0
if [ ! -w "$to" ]; then
    echo "$0: $from exists, but $to is not writable"
    exit 0
fi
names=$(env | sed -n 's/^\([A-Za-z_][A-Za-z0-9_]*\)=.*/\1/p' | grep -E "${NGINX_ENVSUBST_FILTER:-}" | sed 's/.*/${&}/')
find "$from" -follow -type f -name "*$suffix" | while read -r template; do
    path=${template#"$from/"}
    output=$to/${path%"$suffix"}
    mkdir -p "$(dirname "$output")"
    envsubst "$names" <"$template" >"$output"
done
