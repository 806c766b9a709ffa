-- Columns of features that came later than the table: 12. Made from shipped/features.json by tools/makeFeatureMigration.ts.
-- What is read comes last: by then the shards can store the values.

ALTER TABLE r0.http_requests_features
  ADD COLUMN IF NOT EXISTS `tls_known_browser` UInt8 COMMENT '{"extractor":"tls-known-browser","parameters":{},"range":[0,2],"default":null}',
  ADD COLUMN IF NOT EXISTS `tls_family_mismatch` UInt8 COMMENT '{"extractor":"tls-family-mismatch","parameters":{},"range":[0,3],"default":null}',
  ADD COLUMN IF NOT EXISTS `tls_version_difference` Int32 COMMENT '{"extractor":"tls-version-difference","parameters":{},"range":[-200,200],"default":null}',
  ADD COLUMN IF NOT EXISTS `tls_tool` UInt8 COMMENT '{"extractor":"tls-tool","parameters":{},"range":[0,2],"default":null}',
  ADD COLUMN IF NOT EXISTS `tls_cipher_suites` UInt8 COMMENT '{"extractor":"tls-cipher-suites","parameters":{},"range":[0,99],"default":null}',
  ADD COLUMN IF NOT EXISTS `tls_extensions` UInt8 COMMENT '{"extractor":"tls-extensions","parameters":{},"range":[0,99],"default":null}',
  ADD COLUMN IF NOT EXISTS `alpn_mismatch` UInt8 COMMENT '{"extractor":"alpn-mismatch","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `http2_known_browser` UInt8 COMMENT '{"extractor":"http2-known-browser","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `http2_family_mismatch` UInt8 COMMENT '{"extractor":"http2-family-mismatch","parameters":{},"range":[0,2],"default":null}',
  ADD COLUMN IF NOT EXISTS `http2_version_difference` Int32 COMMENT '{"extractor":"http2-version-difference","parameters":{},"range":[-200,200],"default":null}',
  ADD COLUMN IF NOT EXISTS `handshake_contradiction` UInt8 COMMENT '{"extractor":"handshake-contradiction","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `header_order_known` UInt8 COMMENT '{"extractor":"header-order-known","parameters":{},"range":[0,1],"default":null}';

ALTER TABLE r1.http_requests_features
  ADD COLUMN IF NOT EXISTS `tls_known_browser` UInt8 COMMENT '{"extractor":"tls-known-browser","parameters":{},"range":[0,2],"default":null}',
  ADD COLUMN IF NOT EXISTS `tls_family_mismatch` UInt8 COMMENT '{"extractor":"tls-family-mismatch","parameters":{},"range":[0,3],"default":null}',
  ADD COLUMN IF NOT EXISTS `tls_version_difference` Int32 COMMENT '{"extractor":"tls-version-difference","parameters":{},"range":[-200,200],"default":null}',
  ADD COLUMN IF NOT EXISTS `tls_tool` UInt8 COMMENT '{"extractor":"tls-tool","parameters":{},"range":[0,2],"default":null}',
  ADD COLUMN IF NOT EXISTS `tls_cipher_suites` UInt8 COMMENT '{"extractor":"tls-cipher-suites","parameters":{},"range":[0,99],"default":null}',
  ADD COLUMN IF NOT EXISTS `tls_extensions` UInt8 COMMENT '{"extractor":"tls-extensions","parameters":{},"range":[0,99],"default":null}',
  ADD COLUMN IF NOT EXISTS `alpn_mismatch` UInt8 COMMENT '{"extractor":"alpn-mismatch","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `http2_known_browser` UInt8 COMMENT '{"extractor":"http2-known-browser","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `http2_family_mismatch` UInt8 COMMENT '{"extractor":"http2-family-mismatch","parameters":{},"range":[0,2],"default":null}',
  ADD COLUMN IF NOT EXISTS `http2_version_difference` Int32 COMMENT '{"extractor":"http2-version-difference","parameters":{},"range":[-200,200],"default":null}',
  ADD COLUMN IF NOT EXISTS `handshake_contradiction` UInt8 COMMENT '{"extractor":"handshake-contradiction","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `header_order_known` UInt8 COMMENT '{"extractor":"header-order-known","parameters":{},"range":[0,1],"default":null}';

ALTER TABLE r2.http_requests_features
  ADD COLUMN IF NOT EXISTS `tls_known_browser` UInt8 COMMENT '{"extractor":"tls-known-browser","parameters":{},"range":[0,2],"default":null}',
  ADD COLUMN IF NOT EXISTS `tls_family_mismatch` UInt8 COMMENT '{"extractor":"tls-family-mismatch","parameters":{},"range":[0,3],"default":null}',
  ADD COLUMN IF NOT EXISTS `tls_version_difference` Int32 COMMENT '{"extractor":"tls-version-difference","parameters":{},"range":[-200,200],"default":null}',
  ADD COLUMN IF NOT EXISTS `tls_tool` UInt8 COMMENT '{"extractor":"tls-tool","parameters":{},"range":[0,2],"default":null}',
  ADD COLUMN IF NOT EXISTS `tls_cipher_suites` UInt8 COMMENT '{"extractor":"tls-cipher-suites","parameters":{},"range":[0,99],"default":null}',
  ADD COLUMN IF NOT EXISTS `tls_extensions` UInt8 COMMENT '{"extractor":"tls-extensions","parameters":{},"range":[0,99],"default":null}',
  ADD COLUMN IF NOT EXISTS `alpn_mismatch` UInt8 COMMENT '{"extractor":"alpn-mismatch","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `http2_known_browser` UInt8 COMMENT '{"extractor":"http2-known-browser","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `http2_family_mismatch` UInt8 COMMENT '{"extractor":"http2-family-mismatch","parameters":{},"range":[0,2],"default":null}',
  ADD COLUMN IF NOT EXISTS `http2_version_difference` Int32 COMMENT '{"extractor":"http2-version-difference","parameters":{},"range":[-200,200],"default":null}',
  ADD COLUMN IF NOT EXISTS `handshake_contradiction` UInt8 COMMENT '{"extractor":"handshake-contradiction","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `header_order_known` UInt8 COMMENT '{"extractor":"header-order-known","parameters":{},"range":[0,1],"default":null}';

ALTER TABLE shards.http_requests_features
  ADD COLUMN IF NOT EXISTS `tls_known_browser` UInt8 COMMENT '{"extractor":"tls-known-browser","parameters":{},"range":[0,2],"default":null}',
  ADD COLUMN IF NOT EXISTS `tls_family_mismatch` UInt8 COMMENT '{"extractor":"tls-family-mismatch","parameters":{},"range":[0,3],"default":null}',
  ADD COLUMN IF NOT EXISTS `tls_version_difference` Int32 COMMENT '{"extractor":"tls-version-difference","parameters":{},"range":[-200,200],"default":null}',
  ADD COLUMN IF NOT EXISTS `tls_tool` UInt8 COMMENT '{"extractor":"tls-tool","parameters":{},"range":[0,2],"default":null}',
  ADD COLUMN IF NOT EXISTS `tls_cipher_suites` UInt8 COMMENT '{"extractor":"tls-cipher-suites","parameters":{},"range":[0,99],"default":null}',
  ADD COLUMN IF NOT EXISTS `tls_extensions` UInt8 COMMENT '{"extractor":"tls-extensions","parameters":{},"range":[0,99],"default":null}',
  ADD COLUMN IF NOT EXISTS `alpn_mismatch` UInt8 COMMENT '{"extractor":"alpn-mismatch","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `http2_known_browser` UInt8 COMMENT '{"extractor":"http2-known-browser","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `http2_family_mismatch` UInt8 COMMENT '{"extractor":"http2-family-mismatch","parameters":{},"range":[0,2],"default":null}',
  ADD COLUMN IF NOT EXISTS `http2_version_difference` Int32 COMMENT '{"extractor":"http2-version-difference","parameters":{},"range":[-200,200],"default":null}',
  ADD COLUMN IF NOT EXISTS `handshake_contradiction` UInt8 COMMENT '{"extractor":"handshake-contradiction","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `header_order_known` UInt8 COMMENT '{"extractor":"header-order-known","parameters":{},"range":[0,1],"default":null}';

ALTER TABLE default.http_requests_features
  ADD COLUMN IF NOT EXISTS `tls_known_browser` UInt8 COMMENT '{"extractor":"tls-known-browser","parameters":{},"range":[0,2],"default":null}',
  ADD COLUMN IF NOT EXISTS `tls_family_mismatch` UInt8 COMMENT '{"extractor":"tls-family-mismatch","parameters":{},"range":[0,3],"default":null}',
  ADD COLUMN IF NOT EXISTS `tls_version_difference` Int32 COMMENT '{"extractor":"tls-version-difference","parameters":{},"range":[-200,200],"default":null}',
  ADD COLUMN IF NOT EXISTS `tls_tool` UInt8 COMMENT '{"extractor":"tls-tool","parameters":{},"range":[0,2],"default":null}',
  ADD COLUMN IF NOT EXISTS `tls_cipher_suites` UInt8 COMMENT '{"extractor":"tls-cipher-suites","parameters":{},"range":[0,99],"default":null}',
  ADD COLUMN IF NOT EXISTS `tls_extensions` UInt8 COMMENT '{"extractor":"tls-extensions","parameters":{},"range":[0,99],"default":null}',
  ADD COLUMN IF NOT EXISTS `alpn_mismatch` UInt8 COMMENT '{"extractor":"alpn-mismatch","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `http2_known_browser` UInt8 COMMENT '{"extractor":"http2-known-browser","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `http2_family_mismatch` UInt8 COMMENT '{"extractor":"http2-family-mismatch","parameters":{},"range":[0,2],"default":null}',
  ADD COLUMN IF NOT EXISTS `http2_version_difference` Int32 COMMENT '{"extractor":"http2-version-difference","parameters":{},"range":[-200,200],"default":null}',
  ADD COLUMN IF NOT EXISTS `handshake_contradiction` UInt8 COMMENT '{"extractor":"handshake-contradiction","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `header_order_known` UInt8 COMMENT '{"extractor":"header-order-known","parameters":{},"range":[0,1],"default":null}';
