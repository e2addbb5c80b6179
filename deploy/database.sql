-- Role, database and extensions on a PostgreSQL (15 or newer) that has PostGIS 3; its administrator runs this once:
--   psql --username postgres --variable password=… --file deploy/database.sql
-- The extensions need the administrator. The application does not: its role owns its database and nothing more.
\set ON_ERROR_STOP on
CREATE ROLE bhumika LOGIN PASSWORD :'password';
-- Server and workers act as this role, which owns nothing: row-level security binds it.  bhumika may become it.
CREATE ROLE bhumika_service NOLOGIN NOSUPERUSER NOBYPASSRLS;
GRANT bhumika_service TO bhumika;
-- Notebooks ask as this role, which only reads, and sees nothing about persons.
CREATE ROLE bhumika_planner NOLOGIN NOSUPERUSER NOBYPASSRLS;
CREATE DATABASE bhumika OWNER bhumika TEMPLATE template0
    ENCODING 'UTF8' LOCALE 'C.UTF-8' LOCALE_PROVIDER icu ICU_LOCALE 'und';
REVOKE CONNECT, TEMPORARY ON DATABASE bhumika FROM PUBLIC;
\connect bhumika
CREATE EXTENSION postgis;
CREATE EXTENSION btree_gist;
CREATE EXTENSION pg_trgm;
CREATE EXTENSION unaccent;
