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

-- What a session of several days reached is known up to a day, in no period.
COMMENT ON COLUMN subject_steps.regular IS
    'if not, it is looked at when it is asked for, but for what its steps say up to a day';
COMMENT ON COLUMN steps.previous IS
    'the day before it on which the same subjects count; -infinity: none; infinity: they count up to a day alone, in no '
    'period';
CREATE OR REPLACE FUNCTION steps_between(units text[], measures text[], first date, last date) RETURNS TABLE (
    unit text, measure text, kind text, value bigint)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 10000
BEGIN ATOMIC
    SELECT c.unit, c.measure, c.kind, sum(c.value)::bigint
    FROM (
        SELECT m.unit, m.measure, m.kind, m.value
        FROM per_month m
        WHERE first IS NULL AND m.unit = ANY (units) AND m.month < date_trunc('month', last + 1)::date
          AND m.measure = ANY (measures)
        UNION ALL
        SELECT s.unit, s.measure, s.kind, s.value
        FROM steps s
        WHERE first IS NULL AND s.unit = ANY (units) AND s.measure = ANY (measures)
          AND s.previous IN ('-infinity', 'infinity') AND s.day BETWEEN date_trunc('month', last + 1)::date AND last
        UNION ALL
        SELECT s.unit, s.measure, s.kind, s.value
        FROM steps s
        WHERE s.unit = ANY (units) AND s.measure = ANY (measures) AND s.previous < first AND s.day BETWEEN first AND last
    ) AS c
    GROUP BY 1, 2, 3;
END;
COMMENT ON FUNCTION steps_between IS
    'What subjects count for by unit, measure and kind: up to a day, or (with `first`) regular ones between two days.';
CREATE FUNCTION irregular_between(units text[], measures text[], kinds text[], first date, last date) RETURNS TABLE (
    unit text, measure text, kind text, subject text)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000
BEGIN ATOMIC
    SELECT s.unit, asked.measure, asked.kind, s.subject
    FROM (SELECT DISTINCT a.measure, a.kind FROM unnest(measures, kinds) AS a (measure, kind)) AS asked
    JOIN subject_steps s ON s.family = asked.measure AND NOT s.regular AND s.unit = ANY (units)
    CROSS JOIN LATERAL ( -- each by its key, for presence has many more
        SELECT i.standing FROM presence i
        WHERE i.unit = s.unit AND i.measure = s.family AND i.kind = asked.kind AND i.subject = s.subject
          AND i.day BETWEEN first AND last
        OFFSET 0
    ) AS p
    GROUP BY 1, 2, 3, 4
    HAVING sum(p.standing) > 0;
END;
COMMENT ON FUNCTION irregular_between IS
    'Which irregular subjects of presence stand between two days, each under every kind (of the pairs asked) that it has.';
COMMENT ON TABLE per_month IS '`per_day`, and `steps` without a previous day, by month, as they count up to a day.';

-- All of it is made anew.
TRUNCATE followed, revised, subject_roots, subject_steps, steps, per_month;
INSERT INTO revised SELECT * FROM revision_effects;

DROP INDEX uncounted_rejected;
CREATE INDEX uncounted_rejected ON uncounted (unit, topic, source, seq) WHERE reason NOT IN ('duplicate', 'conflict');

CREATE FUNCTION rejected_of(units text[]) RETURNS TABLE (rejected bigint) -- a table, for then it is planned for its units
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
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
    WHERE claimed.seq < h.highest
      AND NOT EXISTS (SELECT FROM events e WHERE e.stream = s.id AND e.seq = claimed.seq OFFSET 0);
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
        SELECT r.rejected FROM rejected_of(units) r
    )
    SELECT coalesce(sum(m.events), 0)::bigint, moment(max(m.latest_event)), moment(max(m.latest_receipt)),
           (SELECT count(*) FROM sources),
           (SELECT count(*) FROM sources WHERE day_of(latest) > day - days),
           coalesce(sum(m.highest - m.events), 0)::bigint - (SELECT c.rejected FROM claims c),
           (SELECT c.rejected FROM claims c)
    FROM mine m;
END;
