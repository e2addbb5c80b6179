"""The database: sessions, statements in files, migrations."""
