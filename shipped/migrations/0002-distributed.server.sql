-- What is read and written: Distributed tables in `default`. The server's cluster `holdfast` names r0, r1 and r2 as the
-- default databases of its shards.

CREATE TABLE IF NOT EXISTS default.http_requests AS r0.http_requests
ENGINE = Distributed(holdfast, '', http_requests, rand());

CREATE TABLE IF NOT EXISTS default.http_requests_features AS r0.http_requests_features
ENGINE = Distributed(holdfast, '', http_requests_features, rand());
