#!/usr/bin/env bash
# Sets what PostgreSQL needs on each node of Citus: the coordinator and the workers. Run as a superuser of PostgreSQL.
#
#     node-settings.sh ADDRESSES
#
# ADDRESSES: the addresses to listen on, such as 'localhost,10.0.0.2'. Other connection parameters come from PGHOST, PGPORT
# and PGUSER. Restart PostgreSQL afterwards.
set -euo pipefail

if [[ $# -ne 1 ]]; then
    sed -n '2,7s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi

query() {
    psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --dbname postgres "$@"
}

if [[ -z $(query --command "SELECT 1 FROM pg_available_extensions WHERE name = 'citus'") ]]; then
    echo "error: Citus is not installed for this PostgreSQL" >&2
    exit 1
fi

query --set addresses="$1" <<'SQL'
-- Citus must be the first library.
SELECT 'citus' || coalesce(',' || nullif(array_to_string(array_remove(
           string_to_array(replace(current_setting('shared_preload_libraries'), ' ', ''), ','), 'citus'), ','), ''), '')
       AS libraries \gset
ALTER SYSTEM SET shared_preload_libraries = :libraries;
ALTER SYSTEM SET listen_addresses = :'addresses';
-- Citus commits on several nodes by prepared transactions.
ALTER SYSTEM SET max_prepared_transactions = 200;
-- A shop is moved by logical replication.
ALTER SYSTEM SET wal_level = 'logical';
ALTER SYSTEM SET max_replication_slots = 20;
ALTER SYSTEM SET max_wal_senders = 20;
-- A shop has some 50 tables with their indexes, which a move and a removal lock together.
ALTER SYSTEM SET max_locks_per_transaction = 256;
-- Passwords of shops are stored as SCRAM verifiers.
ALTER SYSTEM SET password_encryption = 'scram-sha-256';
SQL

echo "Restart PostgreSQL now, then run node-database.sh."
