-- What a shadow model would have scored, beside the score: nothing acts on it. See 0005 for why IF NOT EXISTS is missing.

ALTER TABLE r0.http_requests ADD COLUMN shadow_score Nullable(UInt8);
ALTER TABLE r1.http_requests ADD COLUMN shadow_score Nullable(UInt8);
ALTER TABLE r2.http_requests ADD COLUMN shadow_score Nullable(UInt8);
ALTER TABLE default.http_requests ADD COLUMN shadow_score Nullable(UInt8);
