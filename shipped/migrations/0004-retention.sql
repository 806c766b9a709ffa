-- Rows live for 30 days. Change it with ALTER TABLE ... MODIFY TTL on the shard tables.
-- since: 19.6

ALTER TABLE r0.http_requests MODIFY TTL at + INTERVAL 30 DAY;
ALTER TABLE r1.http_requests MODIFY TTL at + INTERVAL 30 DAY;
ALTER TABLE r2.http_requests MODIFY TTL at + INTERVAL 30 DAY;
ALTER TABLE r0.http_requests_features MODIFY TTL at + INTERVAL 30 DAY;
ALTER TABLE r1.http_requests_features MODIFY TTL at + INTERVAL 30 DAY;
ALTER TABLE r2.http_requests_features MODIFY TTL at + INTERVAL 30 DAY;
