-- The factory reads columns as `holdfast_reader`, whatever rights it has for writing: it sees what that user was granted.

CREATE DATABASE IF NOT EXISTS holdfast;

CREATE VIEW IF NOT EXISTS holdfast.columns_seen
DEFINER = holdfast_reader SQL SECURITY DEFINER
AS SELECT database, table, name, type, comment, position FROM system.columns;
