-- What signals are made of: how a request's connection was opened, and from where it came. Servers before 19 know no
-- IF NOT EXISTS; a column that is there from an attempt that broke off is no error (migrate.ts).

ALTER TABLE r0.http_requests ADD COLUMN signals_version Nullable(UInt64);
ALTER TABLE r0.http_requests ADD COLUMN ja4 String;
ALTER TABLE r0.http_requests ADD COLUMN http2_fingerprint String;
ALTER TABLE r0.http_requests ADD COLUMN header_order String;
ALTER TABLE r0.http_requests ADD COLUMN country String;
ALTER TABLE r0.http_requests ADD COLUMN asn UInt32;
ALTER TABLE r0.http_requests ADD COLUMN verified_operator String;
ALTER TABLE r0.http_requests ADD COLUMN network String;
ALTER TABLE r0.http_requests ADD COLUMN claims_browser UInt8;

ALTER TABLE r1.http_requests ADD COLUMN signals_version Nullable(UInt64);
ALTER TABLE r1.http_requests ADD COLUMN ja4 String;
ALTER TABLE r1.http_requests ADD COLUMN http2_fingerprint String;
ALTER TABLE r1.http_requests ADD COLUMN header_order String;
ALTER TABLE r1.http_requests ADD COLUMN country String;
ALTER TABLE r1.http_requests ADD COLUMN asn UInt32;
ALTER TABLE r1.http_requests ADD COLUMN verified_operator String;
ALTER TABLE r1.http_requests ADD COLUMN network String;
ALTER TABLE r1.http_requests ADD COLUMN claims_browser UInt8;

ALTER TABLE r2.http_requests ADD COLUMN signals_version Nullable(UInt64);
ALTER TABLE r2.http_requests ADD COLUMN ja4 String;
ALTER TABLE r2.http_requests ADD COLUMN http2_fingerprint String;
ALTER TABLE r2.http_requests ADD COLUMN header_order String;
ALTER TABLE r2.http_requests ADD COLUMN country String;
ALTER TABLE r2.http_requests ADD COLUMN asn UInt32;
ALTER TABLE r2.http_requests ADD COLUMN verified_operator String;
ALTER TABLE r2.http_requests ADD COLUMN network String;
ALTER TABLE r2.http_requests ADD COLUMN claims_browser UInt8;

ALTER TABLE default.http_requests ADD COLUMN signals_version Nullable(UInt64);
ALTER TABLE default.http_requests ADD COLUMN ja4 String;
ALTER TABLE default.http_requests ADD COLUMN http2_fingerprint String;
ALTER TABLE default.http_requests ADD COLUMN header_order String;
ALTER TABLE default.http_requests ADD COLUMN country String;
ALTER TABLE default.http_requests ADD COLUMN asn UInt32;
ALTER TABLE default.http_requests ADD COLUMN verified_operator String;
ALTER TABLE default.http_requests ADD COLUMN network String;
ALTER TABLE default.http_requests ADD COLUMN claims_browser UInt8;
