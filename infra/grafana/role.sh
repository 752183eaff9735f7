#!/bin/sh
# The role with which Grafana reads Postgres, made when the database of infra/compose.yaml is; the ledger's schema gives
# it the views of `dashboards` and nothing else.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$DASHBOARDS_PASSWORD" --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE fieldtally_dashboards LOGIN PASSWORD :'password';
SQL
