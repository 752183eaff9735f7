-- As of when: what was heard of units, and what is known to be missing.

CREATE VIEW heard_sources AS
SELECT s.unit, s.source, s.source NOT LIKE '/imports/%' AND s.source NOT LIKE '/offices/%' AS is_tablet,
       sum(h.events)::bigint AS events, max(h.latest_event) AS latest_event, max(h.latest_receipt) AS latest_receipt
FROM heard h JOIN streams s ON s.id = h.stream
GROUP BY 1, 2;
COMMENT ON VIEW heard_sources IS 'Who recorded events of a unit, and when the last of them happened and came (ms).';

CREATE FUNCTION as_of(units text[], day date, days integer) RETURNS TABLE (
    events bigint, latest_event timestamptz, latest_receipt timestamptz, tablets bigint, tablets_heard bigint,
    missing bigint, rejected bigint)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1
BEGIN ATOMIC
    WITH mine AS MATERIALIZED (
        SELECT s.unit, s.topic, s.source, h.*
        FROM streams s JOIN heard h ON h.stream = s.id
        WHERE units IS NULL OR s.unit = ANY (units)
    ), sources AS (
        SELECT source, max(latest_receipt) AS latest
        FROM mine
        WHERE source NOT LIKE '/imports/%' AND source NOT LIKE '/offices/%'
        GROUP BY 1
    ), claims AS (
        SELECT count(DISTINCT (u.unit, u.topic, u.source, u.seq)) AS rejected
        FROM uncounted u
        JOIN mine m ON m.unit = u.unit AND m.topic = u.topic AND m.source = u.source AND u.seq < m.highest
        WHERE u.reason NOT IN ('duplicate', 'conflict')
          AND NOT EXISTS (SELECT FROM events e WHERE e.stream = m.stream AND e.seq = u.seq)
    )
    SELECT coalesce(sum(m.events), 0)::bigint, moment(max(m.latest_event)), moment(max(m.latest_receipt)),
           (SELECT count(*) FROM sources),
           (SELECT count(*) FROM sources WHERE day_of(latest) > day - days),
           coalesce(sum(m.highest - m.events), 0)::bigint - (SELECT c.rejected FROM claims c),
           (SELECT c.rejected FROM claims c)
    FROM mine m;
END;
COMMENT ON FUNCTION as_of IS
    'As of when the figures of some units together (null: all) are: the latest event and receipt, how many tablets '
    'recorded there and from how many of them something came within so many days before a day (a tablet that serves '
    'several units counts once), and the numbers that are missing or were rejected.';

CREATE VIEW unit_as_of AS
WITH claims AS (
    SELECT u.unit, count(DISTINCT (u.topic, u.source, u.seq)) AS rejected
    FROM uncounted u
    JOIN streams s ON s.unit = u.unit AND s.topic = u.topic AND s.source = u.source
    JOIN heard h ON h.stream = s.id AND u.seq < h.highest
    WHERE u.reason NOT IN ('duplicate', 'conflict')
      AND NOT EXISTS (SELECT FROM events e WHERE e.stream = s.id AND e.seq = u.seq)
    GROUP BY 1
), sources AS (
    SELECT unit, count(*) FILTER (WHERE is_tablet) AS tablets,
           count(*) FILTER (WHERE is_tablet AND day_of(latest_receipt) > today() - 30) AS tablets_heard
    FROM heard_sources
    GROUP BY 1
)
SELECT s.unit, sum(h.events)::bigint AS events, moment(max(h.latest_event)) AS latest_event,
       moment(max(h.latest_receipt)) AS latest_receipt,
       min(c.tablets) AS tablets, min(c.tablets_heard) AS tablets_heard,
       sum(h.highest - h.events)::bigint - coalesce(min(r.rejected), 0) AS missing,
       coalesce(min(r.rejected), 0) AS rejected
FROM streams s
JOIN heard h ON h.stream = s.id
JOIN sources c ON c.unit = s.unit
LEFT JOIN claims r ON r.unit = s.unit
GROUP BY 1;
COMMENT ON VIEW unit_as_of IS
    'As of when the figures of each unit are, as `as_of` says it of each; tablets heard within the last 30 days.';
