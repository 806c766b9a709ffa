-- The tables that hold the rows, one of each in every shard database.
-- A column of http_requests_features is a feature of the model; its comment says how to compute it. Columns whose
-- comment begins with 'key: ' are none. Made from shipped/features.json by tools/makeMigrations.ts.

CREATE DATABASE IF NOT EXISTS r0;

CREATE DATABASE IF NOT EXISTS r1;

CREATE DATABASE IF NOT EXISTS r2;

CREATE TABLE IF NOT EXISTS r0.http_requests (
  at DateTime,
  milliseconds UInt16,
  id UInt64,
  edge String,
  worker UInt16,
  site String,
  method String,
  host String,
  target String,
  status UInt16,
  duration_ms Float32,
  client_address String,
  user_agent String,
  score Nullable(UInt8),
  score_absent_reason String,
  source String,
  heuristics Array(String),
  action String,
  rule String,
  rules_logged Array(String),
  rules_dry Array(String),
  unknowns UInt16,
  features_version Nullable(UInt64),
  model_version Nullable(UInt64),
  sites_version Nullable(UInt64),
  switches_version Nullable(UInt64)
)
ENGINE = MergeTree() PARTITION BY toYYYYMMDD(at) ORDER BY (at, id);

CREATE TABLE IF NOT EXISTS r1.http_requests AS r0.http_requests
ENGINE = MergeTree() PARTITION BY toYYYYMMDD(at) ORDER BY (at, id);

CREATE TABLE IF NOT EXISTS r2.http_requests AS r0.http_requests
ENGINE = MergeTree() PARTITION BY toYYYYMMDD(at) ORDER BY (at, id);

CREATE TABLE IF NOT EXISTS r0.http_requests_features (
  at DateTime COMMENT 'key: second of arrival, UTC',
  milliseconds UInt16 COMMENT 'key: milliseconds within it',
  id UInt64 COMMENT 'key: the same in http_requests',
  edge String COMMENT 'key: which edge scored',
  features_version Nullable(UInt64) COMMENT 'key: version of the feature file that made this row',
  missing Array(String) COMMENT 'key: features without a value; what their columns hold is the column default',
  `has_accept` UInt8 COMMENT '{"extractor":"header-present","parameters":{"header":"accept"},"range":[0,1],"default":0}',
  `has_accept_language` UInt8 COMMENT '{"extractor":"header-present","parameters":{"header":"accept-language"},"range":[0,1],"default":0}',
  `has_cookie` UInt8 COMMENT '{"extractor":"header-present","parameters":{"header":"cookie"},"range":[0,1],"default":0}',
  `has_referer` UInt8 COMMENT '{"extractor":"header-present","parameters":{"header":"referer"},"range":[0,1],"default":0}',
  `has_origin` UInt8 COMMENT '{"extractor":"header-present","parameters":{"header":"origin"},"range":[0,1],"default":0}',
  `has_cache_control` UInt8 COMMENT '{"extractor":"header-present","parameters":{"header":"cache-control"},"range":[0,1],"default":0}',
  `conditional_headers` UInt8 COMMENT '{"extractor":"any-header-present","parameters":{"headers":["if-none-match","if-modified-since"]},"range":[0,2],"default":0}',
  `forwarding_headers` UInt8 COMMENT '{"extractor":"any-header-present","parameters":{"headers":["via","x-forwarded-for","forwarded","x-real-ip"]},"range":[0,4],"default":0}',
  `header_count` UInt8 COMMENT '{"extractor":"header-count","parameters":{},"range":[0,100],"default":null}',
  `header_bytes` UInt16 COMMENT '{"extractor":"header-bytes","parameters":{},"range":[0,65535],"default":null}',
  `unusual_header_count` UInt8 COMMENT '{"extractor":"unusual-header-count","parameters":{},"range":[0,30],"default":null}',
  `lower_case_header_share` Float32 COMMENT '{"extractor":"lower-case-header-share","parameters":{},"range":[0,1],"default":null}',
  `foreign_case_headers` UInt8 COMMENT '{"extractor":"foreign-case-header-count","parameters":{},"range":[0,20],"default":null}',
  `header_order_inversions` UInt8 COMMENT '{"extractor":"header-order-inversions","parameters":{},"range":[0,20],"default":null}',
  `host_position` UInt8 COMMENT '{"extractor":"header-position","parameters":{"header":"host"},"range":[0,50],"default":null}',
  `client_hint_count` UInt8 COMMENT '{"extractor":"client-hint-count","parameters":{},"range":[0,20],"default":0}',
  `client_hints_missing` UInt8 COMMENT '{"extractor":"client-hints-missing","parameters":{},"range":[0,1],"default":null}',
  `client_hints_foreign` UInt8 COMMENT '{"extractor":"client-hints-foreign","parameters":{},"range":[0,1],"default":0}',
  `client_hint_version_difference` Int32 COMMENT '{"extractor":"client-hint-version-difference","parameters":{},"range":[-200,200],"default":null}',
  `client_hint_platform_mismatch` UInt8 COMMENT '{"extractor":"client-hint-platform-mismatch","parameters":{},"range":[0,1],"default":null}',
  `client_hint_mobile_mismatch` UInt8 COMMENT '{"extractor":"client-hint-mobile-mismatch","parameters":{},"range":[0,1],"default":null}',
  `client_hint_brand_mismatch` UInt8 COMMENT '{"extractor":"client-hint-brand-mismatch","parameters":{},"range":[0,4],"default":null}',
  `fetch_metadata_count` UInt8 COMMENT '{"extractor":"fetch-metadata-count","parameters":{},"range":[0,10],"default":0}',
  `fetch_metadata_missing` UInt8 COMMENT '{"extractor":"fetch-metadata-missing","parameters":{},"range":[0,1],"default":null}',
  `fetch_metadata_contradictions` UInt8 COMMENT '{"extractor":"fetch-metadata-contradictions","parameters":{},"range":[0,9],"default":null}',
  `destination` UInt8 COMMENT '{"extractor":"destination","parameters":{},"range":[0,8],"default":null}',
  `destination_path_mismatch` UInt8 COMMENT '{"extractor":"destination-path-mismatch","parameters":{},"range":[0,1],"default":0}',
  `subresource_without_referer` UInt8 COMMENT '{"extractor":"subresource-without-referer","parameters":{},"range":[0,1],"default":null}',
  `accept_mismatch` UInt8 COMMENT '{"extractor":"accept-mismatch","parameters":{},"range":[0,3],"default":null}',
  `accept_language_mismatch` UInt8 COMMENT '{"extractor":"accept-language-mismatch","parameters":{},"range":[0,3],"default":null}',
  `accept_language_count` UInt8 COMMENT '{"extractor":"accept-language-count","parameters":{},"range":[0,30],"default":0}',
  `accept_encoding_mismatch` UInt8 COMMENT '{"extractor":"accept-encoding-mismatch","parameters":{},"range":[0,3],"default":null}',
  `accept_encoding_count` UInt8 COMMENT '{"extractor":"accept-encoding-count","parameters":{},"range":[0,10],"default":0}',
  `user_agent_length` UInt16 COMMENT '{"extractor":"user-agent-length","parameters":{},"range":[0,2048],"default":null}',
  `user_agent_family` UInt8 COMMENT '{"extractor":"user-agent-family","parameters":{},"range":[0,9],"default":null}',
  `user_agent_age` Int32 COMMENT '{"extractor":"user-agent-age","parameters":{"newestChromium":156,"newestFirefox":158,"newestSafari":27},"range":[-50,400],"default":null}',
  `user_agent_is_mobile` UInt8 COMMENT '{"extractor":"user-agent-is-mobile","parameters":{},"range":[0,1],"default":0}',
  `user_agent_automation_words` UInt8 COMMENT '{"extractor":"user-agent-automation-words","parameters":{},"range":[0,16],"default":0}',
  `user_agent_oddities` UInt8 COMMENT '{"extractor":"user-agent-oddities","parameters":{},"range":[0,10],"default":0}',
  `path_depth` UInt8 COMMENT '{"extractor":"path-depth","parameters":{},"range":[0,50],"default":null}',
  `path_entropy` Float32 COMMENT '{"extractor":"path-entropy","parameters":{},"range":[0,8],"default":null}',
  `path_escape_share` Float32 COMMENT '{"extractor":"path-escape-share","parameters":{},"range":[0,1],"default":0}',
  `path_extension` UInt8 COMMENT '{"extractor":"path-extension","parameters":{},"range":[0,10],"default":0}',
  `path_probe` UInt8 COMMENT '{"extractor":"path-probe","parameters":{},"range":[0,1],"default":0}',
  `method` UInt8 COMMENT '{"extractor":"method","parameters":{},"range":[0,7],"default":null}',
  `http_version` Float32 COMMENT '{"extractor":"http-version","parameters":{},"range":[1,2],"default":null}',
  `connection_mismatch` UInt8 COMMENT '{"extractor":"connection-mismatch","parameters":{},"range":[0,1],"default":null}',
  `upgrade_insecure_mismatch` UInt8 COMMENT '{"extractor":"upgrade-insecure-mismatch","parameters":{},"range":[0,1],"default":null}',
  `te_priority_mismatch` UInt8 COMMENT '{"extractor":"te-priority-mismatch","parameters":{},"range":[0,2],"default":null}',
  `body_header_mismatch` UInt8 COMMENT '{"extractor":"body-header-mismatch","parameters":{},"range":[0,2],"default":0}',
  `referer_sense` UInt8 COMMENT '{"extractor":"referer-sense","parameters":{},"range":[0,3],"default":null}',
  `window_requests_10s` UInt16 COMMENT '{"extractor":"window-requests-10s","parameters":{},"range":[0,65535],"default":1}',
  `window_distinct_path_share` Float32 COMMENT '{"extractor":"window-distinct-path-share","parameters":{},"range":[0,1],"default":null}',
  `window_asset_share` Float32 COMMENT '{"extractor":"window-asset-share","parameters":{},"range":[0,1],"default":null}',
  `window_interval_variation` Float32 COMMENT '{"extractor":"window-interval-variation","parameters":{},"range":[0,20],"default":null}',
  `window_distinct_user_agents` UInt8 COMMENT '{"extractor":"window-distinct-user-agents","parameters":{},"range":[0,8],"default":1}',
  `window_requests_60s` UInt16 COMMENT '{"extractor":"window-requests-60s","parameters":{},"range":[0,65535],"default":1}',
  `window_cookie_share` Float32 COMMENT '{"extractor":"window-cookie-share","parameters":{},"range":[0,1],"default":null}',
  `window_known_referer_share` Float32 COMMENT '{"extractor":"window-known-referer-share","parameters":{},"range":[0,1],"default":null}',
  `window_age_s` Float32 COMMENT '{"extractor":"window-age","parameters":{},"range":[0,86400],"default":0}'
)
ENGINE = MergeTree() PARTITION BY toYYYYMMDD(at) ORDER BY (at, id);

CREATE TABLE IF NOT EXISTS r1.http_requests_features AS r0.http_requests_features
ENGINE = MergeTree() PARTITION BY toYYYYMMDD(at) ORDER BY (at, id);

CREATE TABLE IF NOT EXISTS r2.http_requests_features AS r0.http_requests_features
ENGINE = MergeTree() PARTITION BY toYYYYMMDD(at) ORDER BY (at, id);
