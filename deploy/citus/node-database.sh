#!/usr/bin/env bash
# Creates the database of the shops on a node of Citus. Run on the coordinator and on each worker, as a superuser of
# PostgreSQL, after node-settings.sh and the restart.
#
#     node-database.sh DATABASE
set -euo pipefail

if [[ $# -ne 1 ]]; then
    sed -n '2,5s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi
database=$1

run() {
    psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --set database="$database" "$@"
}

if [[ $(run --dbname postgres --command 'SHOW shared_preload_libraries') != citus* ]]; then
    echo "error: PostgreSQL has not loaded Citus: run node-settings.sh, and restart PostgreSQL" >&2
    exit 1
fi

run --dbname postgres <<'SQL'
SELECT format('CREATE DATABASE %I', :'database')
 WHERE NOT EXISTS (SELECT 1 FROM pg_database WHERE datname = :'database') \gexec
SQL

run --dbname "$database" <<'SQL'
CREATE EXTENSION IF NOT EXISTS citus;
-- Stockhold's tables have triggers. They follow the rules in docs/database.md, which let them run on the nodes.
SELECT format('ALTER DATABASE %I SET citus.enable_unsafe_triggers = on', :'database') \gexec
-- Only shops have tables here, each in its own schema.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
SQL

echo "The database $database is ready on this node."
