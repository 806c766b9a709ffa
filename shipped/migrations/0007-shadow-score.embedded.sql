-- What a shadow model would have scored, beside the score: nothing acts on it.

ALTER TABLE r0.http_requests ADD COLUMN IF NOT EXISTS shadow_score Nullable(UInt8);
ALTER TABLE r1.http_requests ADD COLUMN IF NOT EXISTS shadow_score Nullable(UInt8);
ALTER TABLE r2.http_requests ADD COLUMN IF NOT EXISTS shadow_score Nullable(UInt8);
ALTER TABLE shards.http_requests ADD COLUMN IF NOT EXISTS shadow_score Nullable(UInt8);
ALTER TABLE default.http_requests ADD COLUMN IF NOT EXISTS shadow_score Nullable(UInt8);
