#!/usr/bin/env bash
# Prepares the data folder as root, steps down to postgres, makes the database on the first start, then becomes the server.
# It takes the variables that the official image takes and asks the system for the same things in the same order, so that what
# needs a capability, a writable folder or a password there needs it here.
set -Eeuo pipefail

fail() { printf 'Error: %s\n' "$@" >&2; exit 1; }

# from_file NAME DEFAULT: NAME, or else the content of the file that NAME_FILE names, or else DEFAULT.
from_file() {
  local file=$1_FILE
  [[ -z ${!1:-} || -z ${!file:-} ]] || fail "both $1 and $file are set (but are exclusive)"
  if [[ -z ${!1:-} ]]; then
    if [[ -n ${!file:-} ]]; then export "$1=$(<"${!file}")"; else export "$1=$2"; fi
  fi
  unset "$file"
}

own() { find "$1" ! -user postgres -exec chown postgres {} +; }

prepare() { # chmod may fail (a mounted folder of somebody else's); what that breaks, the server says best itself
  mkdir -p "$PGDATA"
  chmod 0700 "$PGDATA" || true
  mkdir -p /var/run/postgresql || true
  chmod 3775 /var/run/postgresql || true
  if [[ $EUID -eq 0 ]]; then
    own "$PGDATA"
    own /var/run/postgresql
  fi
}

sql() { PGHOST='' PGHOSTADDR='' psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --no-password --no-psqlrc "$@"; }

initial_scripts() {
  local f
  for f in /docker-entrypoint-initdb.d/*; do
    [[ -e $f ]] || continue
    printf 'initdb.d: %s\n' "$f"
    case $f in
      *.sh) if [[ -x $f ]]; then "$f"; else . "$f"; fi ;;
      *.sql) sql --dbname "$POSTGRES_DB" -f "$f" ;;
      *.sql.gz) gunzip -c "$f" | sql --dbname "$POSTGRES_DB" ;;
      *.sql.xz) xzcat "$f" | sql --dbname "$POSTGRES_DB" ;;
      *.sql.zst) zstd -dc "$f" | sql --dbname "$POSTGRES_DB" ;;
      *) printf 'ignored\n' ;;
    esac
  done
}

first_start() {
  [[ -n $POSTGRES_PASSWORD || $POSTGRES_HOST_AUTH_METHOD == trust ]] || fail \
    'Database is uninitialized and superuser password is not specified.' \
    'Set POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE (or POSTGRES_HOST_AUTH_METHOD=trust, which lets anybody in).'
  local d
  for d in /var/lib/postgresql /var/lib/postgresql/data /var/lib/postgresql/*/docker; do
    [[ ! -s $d/PG_VERSION ]] || fail "there is PostgreSQL data of another version in $d: upgrade it first"
  done
  ! mountpoint -q /var/lib/postgresql/data || fail 'a volume is mounted on /var/lib/postgresql/data: since 18 mount it on /var/lib/postgresql'
  ls /docker-entrypoint-initdb.d/ >/dev/null

  if ! getent passwd "$EUID" >/dev/null; then # initdb insists on a name for its user
    export LD_PRELOAD=libnss_wrapper.so NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP
    NSS_WRAPPER_PASSWD=$(LD_PRELOAD='' mktemp) NSS_WRAPPER_GROUP=$(LD_PRELOAD='' mktemp)
    printf 'postgres:x:%s:%s::%s:/bin/false\n' "$EUID" "$(id -g)" "$PGDATA" >"$NSS_WRAPPER_PASSWD"
    printf 'postgres:x:%s:\n' "$(id -g)" >"$NSS_WRAPPER_GROUP"
  fi
  eval 'initdb --username="$POSTGRES_USER" --pwfile=<(printf "%s\n" "$POSTGRES_PASSWORD") '"$POSTGRES_INITDB_ARGS"
  if [[ -n ${NSS_WRAPPER_PASSWD:-} ]]; then
    rm -f "$NSS_WRAPPER_PASSWD" "$NSS_WRAPPER_GROUP"
    unset LD_PRELOAD NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP
  fi
  printf '\nhost all all all %s\n' "${POSTGRES_HOST_AUTH_METHOD:-$(postgres -C password_encryption "${@:2}")}" >>"$PGDATA/pg_hba.conf"

  # Nobody but these scripts reaches the server while they run: it has no TCP socket.
  PGUSER=${PGUSER:-$POSTGRES_USER} NOTIFY_SOCKET='' pg_ctl -D "$PGDATA" -w start \
    -o "$(printf '%q ' "${@:2}" -c listen_addresses='' -p "${PGPORT:-5432}")"
  export PGPASSWORD=${PGPASSWORD:-$POSTGRES_PASSWORD}
  if [[ $(sql --dbname postgres --set db="$POSTGRES_DB" -At <<<"SELECT 1 FROM pg_database WHERE datname = :'db'") != 1 ]]; then
    sql --dbname postgres --set db="$POSTGRES_DB" <<<'CREATE DATABASE :"db"'
  fi
  initial_scripts
  PGUSER=${PGUSER:-postgres} pg_ctl -D "$PGDATA" -m fast -w stop
  unset PGPASSWORD
  printf '\nPostgreSQL init process complete; ready for start up.\n\n'
}

[[ ${1:-} != -* ]] || set -- postgres "$@"
if [[ ${1:-} == postgres && ! " $* " =~ \ (-\?|--help|--describe-config|-V|--version)\  ]]; then
  from_file POSTGRES_PASSWORD ''
  from_file POSTGRES_USER postgres
  from_file POSTGRES_DB "$POSTGRES_USER"
  from_file POSTGRES_INITDB_ARGS ''
  : "${POSTGRES_HOST_AUTH_METHOD:=}"
  # Seen by root where root may look, as in the official image; what counts is what postgres sees below.
  prepare
  [[ $EUID -ne 0 ]] || exec gosu postgres "$0" "$@"
  if [[ -s $PGDATA/PG_VERSION ]]; then
    printf '\nPostgreSQL Database directory appears to contain a database; Skipping initialization\n\n'
  else
    first_start "$@"
  fi
fi
exec "$@"
