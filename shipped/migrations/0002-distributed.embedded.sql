-- What is read: Distributed tables in `default` over the shard databases. In one process every shard is here, so the
-- cluster has one member, which reads all shards through a Merge table; blocks are written to the shards in turn.

CREATE DATABASE IF NOT EXISTS shards;

CREATE TABLE IF NOT EXISTS shards.http_requests AS r0.http_requests
ENGINE = Merge(REGEXP('^r[0-9]+$'), '^http_requests$');

CREATE TABLE IF NOT EXISTS shards.http_requests_features AS r0.http_requests_features
ENGINE = Merge(REGEXP('^r[0-9]+$'), '^http_requests_features$');

CREATE TABLE IF NOT EXISTS default.http_requests AS r0.http_requests
ENGINE = Distributed(holdfast, shards, http_requests, rand());

CREATE TABLE IF NOT EXISTS default.http_requests_features AS r0.http_requests_features
ENGINE = Distributed(holdfast, shards, http_requests_features, rand());
