-- What signals are made of: how a request's connection was opened, and from where it came.

ALTER TABLE r0.http_requests
  ADD COLUMN IF NOT EXISTS signals_version Nullable(UInt64),
  ADD COLUMN IF NOT EXISTS ja4 String,
  ADD COLUMN IF NOT EXISTS http2_fingerprint String,
  ADD COLUMN IF NOT EXISTS header_order String,
  ADD COLUMN IF NOT EXISTS country String,
  ADD COLUMN IF NOT EXISTS asn UInt32,
  ADD COLUMN IF NOT EXISTS verified_operator String,
  ADD COLUMN IF NOT EXISTS network String,
  ADD COLUMN IF NOT EXISTS claims_browser UInt8;

ALTER TABLE r1.http_requests
  ADD COLUMN IF NOT EXISTS signals_version Nullable(UInt64),
  ADD COLUMN IF NOT EXISTS ja4 String,
  ADD COLUMN IF NOT EXISTS http2_fingerprint String,
  ADD COLUMN IF NOT EXISTS header_order String,
  ADD COLUMN IF NOT EXISTS country String,
  ADD COLUMN IF NOT EXISTS asn UInt32,
  ADD COLUMN IF NOT EXISTS verified_operator String,
  ADD COLUMN IF NOT EXISTS network String,
  ADD COLUMN IF NOT EXISTS claims_browser UInt8;

ALTER TABLE r2.http_requests
  ADD COLUMN IF NOT EXISTS signals_version Nullable(UInt64),
  ADD COLUMN IF NOT EXISTS ja4 String,
  ADD COLUMN IF NOT EXISTS http2_fingerprint String,
  ADD COLUMN IF NOT EXISTS header_order String,
  ADD COLUMN IF NOT EXISTS country String,
  ADD COLUMN IF NOT EXISTS asn UInt32,
  ADD COLUMN IF NOT EXISTS verified_operator String,
  ADD COLUMN IF NOT EXISTS network String,
  ADD COLUMN IF NOT EXISTS claims_browser UInt8;

ALTER TABLE shards.http_requests
  ADD COLUMN IF NOT EXISTS signals_version Nullable(UInt64),
  ADD COLUMN IF NOT EXISTS ja4 String,
  ADD COLUMN IF NOT EXISTS http2_fingerprint String,
  ADD COLUMN IF NOT EXISTS header_order String,
  ADD COLUMN IF NOT EXISTS country String,
  ADD COLUMN IF NOT EXISTS asn UInt32,
  ADD COLUMN IF NOT EXISTS verified_operator String,
  ADD COLUMN IF NOT EXISTS network String,
  ADD COLUMN IF NOT EXISTS claims_browser UInt8;

ALTER TABLE default.http_requests
  ADD COLUMN IF NOT EXISTS signals_version Nullable(UInt64),
  ADD COLUMN IF NOT EXISTS ja4 String,
  ADD COLUMN IF NOT EXISTS http2_fingerprint String,
  ADD COLUMN IF NOT EXISTS header_order String,
  ADD COLUMN IF NOT EXISTS country String,
  ADD COLUMN IF NOT EXISTS asn UInt32,
  ADD COLUMN IF NOT EXISTS verified_operator String,
  ADD COLUMN IF NOT EXISTS network String,
  ADD COLUMN IF NOT EXISTS claims_browser UInt8;
