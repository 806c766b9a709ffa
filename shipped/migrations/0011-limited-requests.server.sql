-- limited_by: the `limit` rule that the request was limited by; empty when it was not.
-- would_limit: dry `limit` rules that would have limited it, with commas between them.
-- Made by tools/makeColumnMigration.ts. What is read comes last: by then the shards can store the values.
-- Servers before 19 know no IF NOT EXISTS.

ALTER TABLE r0.http_requests ADD COLUMN limited_by String;
ALTER TABLE r0.http_requests ADD COLUMN would_limit String;

ALTER TABLE r1.http_requests ADD COLUMN limited_by String;
ALTER TABLE r1.http_requests ADD COLUMN would_limit String;

ALTER TABLE r2.http_requests ADD COLUMN limited_by String;
ALTER TABLE r2.http_requests ADD COLUMN would_limit String;

ALTER TABLE default.http_requests ADD COLUMN limited_by String;
ALTER TABLE default.http_requests ADD COLUMN would_limit String;
