-- Authorize and capture, as little as does the job: accounts with free and held credits, and one table of requests, in which an
-- authorize's row is also its hold. Every call is one transaction; the account's row lock orders those that meet there.

CREATE TABLE accounts (id bigint PRIMARY KEY, free bigint NOT NULL, held bigint NOT NULL) WITH (fillfactor = 60);
CREATE TABLE requests (id bigint PRIMARY KEY, account bigint NOT NULL, amount bigint NOT NULL, state smallint NOT NULL)
  WITH (fillfactor = 80);

-- States of a request: 0 denied, 1 a hold that is open, 2 a hold that is captured, 3 a capture.
CREATE FUNCTION authorize_job(request bigint, account_id bigint, price bigint) RETURNS smallint LANGUAGE plpgsql AS $$
DECLARE
  before smallint;
BEGIN
  INSERT INTO requests VALUES (request, account_id, price, 1) ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    SELECT state INTO before FROM requests WHERE id = request;
    RETURN least(before, 1);
  END IF;
  UPDATE accounts SET free = free - price, held = held + price WHERE id = account_id AND free >= price;
  IF FOUND THEN RETURN 1; END IF;
  UPDATE requests SET state = 0 WHERE id = request;
  RETURN 0;
END $$;

CREATE FUNCTION capture_job(request bigint, hold bigint) RETURNS smallint LANGUAGE plpgsql AS $$
DECLARE
  before smallint;
  account_id bigint;
  price bigint;
BEGIN
  INSERT INTO requests VALUES (request, 0, 0, 3) ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    SELECT state INTO before FROM requests WHERE id = request;
    RETURN least(before, 1);
  END IF;
  UPDATE requests SET state = 2 WHERE id = hold AND state = 1 RETURNING account, amount INTO account_id, price;
  IF FOUND THEN
    UPDATE accounts SET held = held - price WHERE id = account_id;
    RETURN 1;
  END IF;
  UPDATE requests SET state = 0 WHERE id = request;
  RETURN 0;
END $$;

-- Many at once in one transaction. Draws the accounts itself, which saves sending them, and takes them in order, so that no two
-- transactions wait for each other.
CREATE FUNCTION authorize_jobs(first bigint, count integer, accounts integer, price bigint) RETURNS bigint
LANGUAGE sql AS $$
  SELECT sum(authorize_job(first + n, account, price)) FROM (
    SELECT n, (random() * (accounts - 1))::bigint + 1 AS account FROM generate_series(0, count - 1) AS n ORDER BY account
  ) AS drawn
$$;

CREATE FUNCTION capture_jobs(first bigint, count integer, holds bigint) RETURNS bigint LANGUAGE sql AS $$
  SELECT sum(capture_job(first + id - holds, id)) FROM (
    SELECT id FROM requests WHERE id >= holds AND id < holds + count AND state = 1 ORDER BY account
  ) AS drawn
$$;
