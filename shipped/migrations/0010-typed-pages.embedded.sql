-- Columns of features that came later than the table: 2. Made from shipped/features.json by tools/makeFeatureMigration.ts.
-- What is read comes last: by then the shards can store the values. Old ones go in the other order: has_cache_control, path_escape_share.
-- Edges may go on sending their values, which are then left out.

ALTER TABLE default.http_requests_features DROP COLUMN IF EXISTS `has_cache_control`;
ALTER TABLE default.http_requests_features DROP COLUMN IF EXISTS `path_escape_share`;

ALTER TABLE shards.http_requests_features DROP COLUMN IF EXISTS `has_cache_control`;
ALTER TABLE shards.http_requests_features DROP COLUMN IF EXISTS `path_escape_share`;

ALTER TABLE r2.http_requests_features DROP COLUMN IF EXISTS `has_cache_control`;
ALTER TABLE r2.http_requests_features DROP COLUMN IF EXISTS `path_escape_share`;

ALTER TABLE r1.http_requests_features DROP COLUMN IF EXISTS `has_cache_control`;
ALTER TABLE r1.http_requests_features DROP COLUMN IF EXISTS `path_escape_share`;

ALTER TABLE r0.http_requests_features DROP COLUMN IF EXISTS `has_cache_control`;
ALTER TABLE r0.http_requests_features DROP COLUMN IF EXISTS `path_escape_share`;

ALTER TABLE r0.http_requests_features
  ADD COLUMN IF NOT EXISTS `window_typed_share` Float32 COMMENT '{"extractor":"window-typed-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `window_script_without_hints` UInt8 COMMENT '{"extractor":"window-script-without-hints","parameters":{},"range":[0,1],"default":null}';

ALTER TABLE r1.http_requests_features
  ADD COLUMN IF NOT EXISTS `window_typed_share` Float32 COMMENT '{"extractor":"window-typed-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `window_script_without_hints` UInt8 COMMENT '{"extractor":"window-script-without-hints","parameters":{},"range":[0,1],"default":null}';

ALTER TABLE r2.http_requests_features
  ADD COLUMN IF NOT EXISTS `window_typed_share` Float32 COMMENT '{"extractor":"window-typed-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `window_script_without_hints` UInt8 COMMENT '{"extractor":"window-script-without-hints","parameters":{},"range":[0,1],"default":null}';

ALTER TABLE shards.http_requests_features
  ADD COLUMN IF NOT EXISTS `window_typed_share` Float32 COMMENT '{"extractor":"window-typed-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `window_script_without_hints` UInt8 COMMENT '{"extractor":"window-script-without-hints","parameters":{},"range":[0,1],"default":null}';

ALTER TABLE default.http_requests_features
  ADD COLUMN IF NOT EXISTS `window_typed_share` Float32 COMMENT '{"extractor":"window-typed-share","parameters":{},"range":[0,1],"default":null}',
  ADD COLUMN IF NOT EXISTS `window_script_without_hints` UInt8 COMMENT '{"extractor":"window-script-without-hints","parameters":{},"range":[0,1],"default":null}';
