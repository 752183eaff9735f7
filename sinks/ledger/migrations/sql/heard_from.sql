-- As of when, asked of those who recorded in place of all their streams; and which rejected numbers never counted, by key.

CREATE TABLE heard_from (
    unit text, source text,
    events bigint NOT NULL,
    numbers bigint NOT NULL,
    latest_event bigint NOT NULL, latest_receipt bigint NOT NULL,
    PRIMARY KEY (unit, source)
);
COMMENT ON TABLE heard_from IS '`heard` by unit and source, as far as steps follow.';
COMMENT ON COLUMN heard_from.numbers IS 'how many numbers were given out: the highest of each stream, added up';
TRUNCATE followed, revised, subject_roots, subject_steps, steps, per_month;
INSERT INTO revised SELECT * FROM revision_effects;

DROP INDEX uncounted_rejected;
CREATE INDEX uncounted_rejected ON uncounted (unit, topic, source, seq) WHERE reason NOT IN ('duplicate', 'conflict');

CREATE FUNCTION rejected_of(units text[]) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT count(*)
    FROM (
        SELECT DISTINCT u.unit, u.topic, u.source, u.seq
        FROM uncounted u
        WHERE (units IS NULL OR u.unit = ANY (units)) AND u.reason NOT IN ('duplicate', 'conflict')
    ) AS claimed
    CROSS JOIN LATERAL ( -- one by one through the keys, for the streams are many more than these
        SELECT i.id FROM streams i
        WHERE i.unit = claimed.unit AND i.topic = claimed.topic AND i.source = claimed.source
        OFFSET 0
    ) AS s
    CROSS JOIN LATERAL ( -- whatever has no hole lacks nothing
        SELECT i.highest FROM heard i WHERE i.stream = s.id AND i.highest > i.events OFFSET 0
    ) AS h
    WHERE claimed.seq < h.highest AND NOT EXISTS (SELECT FROM events e WHERE e.stream = s.id AND e.seq = claimed.seq);
END;
COMMENT ON FUNCTION rejected_of IS
    'How many numbers below the highest of their stream some units (null: all) have whose record was rejected and which '
    'never counted.';

CREATE OR REPLACE FUNCTION as_of(units text[], day date, days integer) RETURNS TABLE (
    events bigint, latest_event timestamptz, latest_receipt timestamptz, tablets bigint, tablets_heard bigint,
    missing bigint, rejected bigint)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    WITH mine AS MATERIALIZED (
        SELECT s.source, h.*
        FROM streams s JOIN heard h ON h.stream = s.id
        WHERE units IS NULL OR s.unit = ANY (units)
    ), sources AS (
        SELECT source, max(latest_receipt) AS latest
        FROM mine
        WHERE source NOT LIKE '/imports/%' AND source NOT LIKE '/offices/%'
        GROUP BY 1
    ), claims AS MATERIALIZED (
        SELECT rejected_of(units) AS rejected
    )
    SELECT coalesce(sum(m.events), 0)::bigint, moment(max(m.latest_event)), moment(max(m.latest_receipt)),
           (SELECT count(*) FROM sources),
           (SELECT count(*) FROM sources WHERE day_of(latest) > day - days),
           coalesce(sum(m.highest - m.events), 0)::bigint - (SELECT c.rejected FROM claims c),
           (SELECT c.rejected FROM claims c)
    FROM mine m;
END;
