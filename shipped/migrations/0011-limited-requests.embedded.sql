-- limited_by: the `limit` rule that the request was limited by; empty when it was not.
-- would_limit: dry `limit` rules that would have limited it, with commas between them.
-- Made by tools/makeColumnMigration.ts. What is read comes last: by then the shards can store the values.

ALTER TABLE r0.http_requests
  ADD COLUMN IF NOT EXISTS limited_by String,
  ADD COLUMN IF NOT EXISTS would_limit String;

ALTER TABLE r1.http_requests
  ADD COLUMN IF NOT EXISTS limited_by String,
  ADD COLUMN IF NOT EXISTS would_limit String;

ALTER TABLE r2.http_requests
  ADD COLUMN IF NOT EXISTS limited_by String,
  ADD COLUMN IF NOT EXISTS would_limit String;

ALTER TABLE shards.http_requests
  ADD COLUMN IF NOT EXISTS limited_by String,
  ADD COLUMN IF NOT EXISTS would_limit String;

ALTER TABLE default.http_requests
  ADD COLUMN IF NOT EXISTS limited_by String,
  ADD COLUMN IF NOT EXISTS would_limit String;
