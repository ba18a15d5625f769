#!/usr/bin/env bash
# Makes a node the coordinator of Citus, and adds the workers. Run on the coordinator, as a superuser of PostgreSQL, after
# node-database.sh on all nodes. Workers may be added later in the same way.
#
#     coordinator.sh DATABASE COORDINATOR WORKER…
#
# COORDINATOR and WORKER: HOST or HOST:PORT, as the nodes and the servers of Stockhold reach them; the default port is 5432.
set -euo pipefail

if [[ $# -lt 3 ]]; then
    sed -n '2,7s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi
database=$1
coordinator=$2
shift 2

run() {
    psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --dbname "$database" "$@"
}

host_of() { echo "${1%:*}"; }

port_of() {
    if [[ $1 == *:* ]]; then echo "${1##*:}"; else echo 5432; fi
}

run --set host="$(host_of "$coordinator")" --set port="$(port_of "$coordinator")" <<'SQL'
SELECT citus_set_coordinator_host(:'host', :port);
-- No shop is on the coordinator.
SELECT citus_set_node_property(:'host', :port, 'shouldhaveshards', false);
SQL

for worker in "$@"; do
    run --set host="$(host_of "$worker")" --set port="$(port_of "$worker")" <<'SQL'
SELECT citus_add_node(:'host', :port)
 WHERE NOT EXISTS (SELECT 1 FROM pg_dist_node WHERE nodename = :'host' AND nodeport = :port);
SQL
done

# Citus creates both on the workers too.
run <<'SQL'
CREATE SCHEMA IF NOT EXISTS stockhold_extensions;
GRANT USAGE ON SCHEMA stockhold_extensions TO PUBLIC;
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA stockhold_extensions;
SELECT format('%s:%s %s', nodename, nodeport, CASE WHEN isactive THEN 'active' ELSE 'inactive' END) FROM pg_dist_node
 ORDER BY groupid;
SQL
