-- Columns of features that came later than the table: 12. Made from shipped/features.json by tools/makeFeatureMigration.ts.
-- What is read comes last: by then the shards can store the values.

ALTER TABLE r0.http_requests_features
  ADD COLUMN IF NOT EXISTS `ja4_browser_share` Float32 COMMENT '{"extractor":"ja4-browser-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `ja4_heuristic_share` Float32 COMMENT '{"extractor":"ja4-heuristic-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `ja4_http2_share` Float32 COMMENT '{"extractor":"ja4-http2-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `ja4_request_quantile` Float32 COMMENT '{"extractor":"ja4-request-quantile","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `ja4_request_rank` UInt16 COMMENT '{"extractor":"ja4-request-rank","parameters":{},"range":[1,1000],"default":null}',
  ADD COLUMN IF NOT EXISTS `ja4_user_agent_rank` UInt16 COMMENT '{"extractor":"ja4-user-agent-rank","parameters":{},"range":[1,1000],"default":null}',
  ADD COLUMN IF NOT EXISTS `header_hash_browser_share` Float32 COMMENT '{"extractor":"header-hash-browser-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `header_hash_heuristic_share` Float32 COMMENT '{"extractor":"header-hash-heuristic-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `header_hash_request_quantile` Float32 COMMENT '{"extractor":"header-hash-request-quantile","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `network_browser_share` Float32 COMMENT '{"extractor":"network-browser-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `network_heuristic_share` Float32 COMMENT '{"extractor":"network-heuristic-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `network_request_quantile` Float32 COMMENT '{"extractor":"network-request-quantile","parameters":{},"range":[0,1],"default":null}';

ALTER TABLE r1.http_requests_features
  ADD COLUMN IF NOT EXISTS `ja4_browser_share` Float32 COMMENT '{"extractor":"ja4-browser-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `ja4_heuristic_share` Float32 COMMENT '{"extractor":"ja4-heuristic-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `ja4_http2_share` Float32 COMMENT '{"extractor":"ja4-http2-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `ja4_request_quantile` Float32 COMMENT '{"extractor":"ja4-request-quantile","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `ja4_request_rank` UInt16 COMMENT '{"extractor":"ja4-request-rank","parameters":{},"range":[1,1000],"default":null}',
  ADD COLUMN IF NOT EXISTS `ja4_user_agent_rank` UInt16 COMMENT '{"extractor":"ja4-user-agent-rank","parameters":{},"range":[1,1000],"default":null}',
  ADD COLUMN IF NOT EXISTS `header_hash_browser_share` Float32 COMMENT '{"extractor":"header-hash-browser-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `header_hash_heuristic_share` Float32 COMMENT '{"extractor":"header-hash-heuristic-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `header_hash_request_quantile` Float32 COMMENT '{"extractor":"header-hash-request-quantile","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `network_browser_share` Float32 COMMENT '{"extractor":"network-browser-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `network_heuristic_share` Float32 COMMENT '{"extractor":"network-heuristic-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `network_request_quantile` Float32 COMMENT '{"extractor":"network-request-quantile","parameters":{},"range":[0,1],"default":null}';

ALTER TABLE r2.http_requests_features
  ADD COLUMN IF NOT EXISTS `ja4_browser_share` Float32 COMMENT '{"extractor":"ja4-browser-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `ja4_heuristic_share` Float32 COMMENT '{"extractor":"ja4-heuristic-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `ja4_http2_share` Float32 COMMENT '{"extractor":"ja4-http2-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `ja4_request_quantile` Float32 COMMENT '{"extractor":"ja4-request-quantile","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `ja4_request_rank` UInt16 COMMENT '{"extractor":"ja4-request-rank","parameters":{},"range":[1,1000],"default":null}',
  ADD COLUMN IF NOT EXISTS `ja4_user_agent_rank` UInt16 COMMENT '{"extractor":"ja4-user-agent-rank","parameters":{},"range":[1,1000],"default":null}',
  ADD COLUMN IF NOT EXISTS `header_hash_browser_share` Float32 COMMENT '{"extractor":"header-hash-browser-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `header_hash_heuristic_share` Float32 COMMENT '{"extractor":"header-hash-heuristic-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `header_hash_request_quantile` Float32 COMMENT '{"extractor":"header-hash-request-quantile","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `network_browser_share` Float32 COMMENT '{"extractor":"network-browser-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `network_heuristic_share` Float32 COMMENT '{"extractor":"network-heuristic-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `network_request_quantile` Float32 COMMENT '{"extractor":"network-request-quantile","parameters":{},"range":[0,1],"default":null}';

ALTER TABLE shards.http_requests_features
  ADD COLUMN IF NOT EXISTS `ja4_browser_share` Float32 COMMENT '{"extractor":"ja4-browser-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `ja4_heuristic_share` Float32 COMMENT '{"extractor":"ja4-heuristic-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `ja4_http2_share` Float32 COMMENT '{"extractor":"ja4-http2-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `ja4_request_quantile` Float32 COMMENT '{"extractor":"ja4-request-quantile","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `ja4_request_rank` UInt16 COMMENT '{"extractor":"ja4-request-rank","parameters":{},"range":[1,1000],"default":null}',
  ADD COLUMN IF NOT EXISTS `ja4_user_agent_rank` UInt16 COMMENT '{"extractor":"ja4-user-agent-rank","parameters":{},"range":[1,1000],"default":null}',
  ADD COLUMN IF NOT EXISTS `header_hash_browser_share` Float32 COMMENT '{"extractor":"header-hash-browser-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `header_hash_heuristic_share` Float32 COMMENT '{"extractor":"header-hash-heuristic-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `header_hash_request_quantile` Float32 COMMENT '{"extractor":"header-hash-request-quantile","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `network_browser_share` Float32 COMMENT '{"extractor":"network-browser-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `network_heuristic_share` Float32 COMMENT '{"extractor":"network-heuristic-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `network_request_quantile` Float32 COMMENT '{"extractor":"network-request-quantile","parameters":{},"range":[0,1],"default":null}';

ALTER TABLE default.http_requests_features
  ADD COLUMN IF NOT EXISTS `ja4_browser_share` Float32 COMMENT '{"extractor":"ja4-browser-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `ja4_heuristic_share` Float32 COMMENT '{"extractor":"ja4-heuristic-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `ja4_http2_share` Float32 COMMENT '{"extractor":"ja4-http2-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `ja4_request_quantile` Float32 COMMENT '{"extractor":"ja4-request-quantile","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `ja4_request_rank` UInt16 COMMENT '{"extractor":"ja4-request-rank","parameters":{},"range":[1,1000],"default":null}',
  ADD COLUMN IF NOT EXISTS `ja4_user_agent_rank` UInt16 COMMENT '{"extractor":"ja4-user-agent-rank","parameters":{},"range":[1,1000],"default":null}',
  ADD COLUMN IF NOT EXISTS `header_hash_browser_share` Float32 COMMENT '{"extractor":"header-hash-browser-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `header_hash_heuristic_share` Float32 COMMENT '{"extractor":"header-hash-heuristic-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `header_hash_request_quantile` Float32 COMMENT '{"extractor":"header-hash-request-quantile","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `network_browser_share` Float32 COMMENT '{"extractor":"network-browser-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `network_heuristic_share` Float32 COMMENT '{"extractor":"network-heuristic-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `network_request_quantile` Float32 COMMENT '{"extractor":"network-request-quantile","parameters":{},"range":[0,1],"default":null}';
