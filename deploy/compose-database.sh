#!/bin/sh
# Run once by the database image, when its volume is new.
set -eu
psql --no-psqlrc --username "$POSTGRES_USER" --dbname postgres --variable password="$BHUMIKA_PASSWORD" --file /bhumika/database.sql
