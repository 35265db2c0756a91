#!/bin/sh
# Runs what is in /docker-entrypoint.d, in the order of its names, if nginx is what is to be run; then becomes the command.
set -e

log() { [ -n "${NGINX_ENTRYPOINT_QUIET_LOGS:-}" ] || echo "$0: $*"; }

case ${1:-} in
nginx | nginx-debug)
    list=$(find /docker-entrypoint.d -follow -type f 2>/dev/null | sort -V)
    while read -r script; do
        case $script in
        '') log "nothing in /docker-entrypoint.d" ;;
        *.sh | *.envsh)
            if [ ! -x "$script" ]; then
                log "ignoring $script, which is not executable"
            elif [ "${script%.envsh}" != "$script" ]; then
                log "sourcing $script"
                . "$script"
            else
                log "running $script"
                "$script" </dev/null
            fi
            ;;
        *) log "ignoring $script" ;;
        esac
    done <<LIST
$list
LIST
    ;;
esac

exec "$@"
