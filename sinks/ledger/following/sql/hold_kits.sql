-- How far a point has the devices that are approved for it: all of them and no other (complete), too few of some kind
-- (incomplete), too many (exceeded), or the last two at once; as `finding_kit` has it, by day.
INSERT INTO holding (family, subject, unit, measure, kind, day, until, value)
WITH approvals AS (
    SELECT *, lead(day) OVER (PARTITION BY subject ORDER BY day) AS until
    FROM (
        SELECT DISTINCT ON (subject, day_of(instant)) unit, subject, day_of(instant) AS day, data ->> 'host' AS host
        FROM facts
        WHERE standing AND type = 'point.approved'
        ORDER BY subject, day_of(instant), instant DESC, root_source COLLATE "C" DESC, root_seq DESC
    ) AS latest
), lists AS ( -- the newest in force; a point's own goes before that of its class
    SELECT t.unit, t.subject, k.host, k.point, k.valid_from, t.day,
           coalesce(lead(t.day) OVER (PARTITION BY t.subject, t.approved ORDER BY t.day), t.until) AS until
    FROM (
        SELECT DISTINCT a.unit, a.subject, a.host, a.day AS approved, a.until, greatest(a.day, k.valid_from) AS day
        FROM approvals a
        JOIN approved_kits k ON (k.point = a.subject OR k.point = '' AND k.host = a.host)
            AND k.valid_from < coalesce(a.until, 'infinity')
    ) AS t
    CROSS JOIN LATERAL (
        SELECT * FROM approved_kits i
        WHERE (i.point = t.subject OR i.point = '' AND i.host = t.host) AND i.valid_from <= t.day
        ORDER BY i.point DESC, i.valid_from DESC
        LIMIT 1
    ) AS k
), devices AS (
    SELECT *, lead(day) OVER (PARTITION BY subject, maker, serial ORDER BY day) AS until
    FROM (
        SELECT DISTINCT ON (subject, data ->> 'maker', data ->> 'serial', day_of(instant))
               subject, type, day_of(instant) AS day, data ->> 'maker' AS maker, data ->> 'serial' AS serial,
               data ->> 'kind' AS kind
        FROM facts
        WHERE standing AND type IN ('device.installed', 'device.removed')
        ORDER BY subject, data ->> 'maker', data ->> 'serial', day_of(instant), instant DESC, type DESC
    ) AS latest
), moves AS ( -- devices in place less those approved, by kind
    SELECT subject, kind, turn.day, sum(turn.number) AS number
    FROM (
        SELECT subject, kind, day, until, 1 AS number FROM devices WHERE type = 'device.installed'
        UNION ALL
        SELECT l.subject, k.kind, l.day, l.until, -k.number FROM lists l JOIN approved_kits k USING (host, point, valid_from)
    ) AS held
    CROSS JOIN LATERAL (VALUES (day, number), (until, -number)) AS turn (day, number)
    WHERE turn.day IS NOT NULL
    GROUP BY 1, 2, 3
), sides AS (
    SELECT subject, day, lead(day) OVER of_kind AS until, sign(sum(number) OVER of_kind) AS side
    FROM moves
    WINDOW of_kind AS (PARTITION BY subject, kind ORDER BY day)
), turns AS (
    SELECT subject, turn.day, sum(turn.sign * lacking) AS lacking, sum(turn.sign * beyond) AS beyond,
           sum(turn.sign * listed) AS listed
    FROM (
        SELECT subject, day, until, (side < 0)::integer AS lacking, (side > 0)::integer AS beyond, 0 AS listed FROM sides
        UNION ALL
        SELECT subject, day, until, 0, 0, 1 FROM lists
    ) AS held
    CROSS JOIN LATERAL (VALUES (day, 1), (until, -1)) AS turn (day, sign)
    WHERE turn.day IS NOT NULL
    GROUP BY 1, 2
), states AS (
    SELECT subject, day, lead(day) OVER of_point AS until, sum(lacking) OVER of_point AS lacking,
           sum(beyond) OVER of_point AS beyond, sum(listed) OVER of_point AS listed
    FROM turns
    WINDOW of_point AS (PARTITION BY subject ORDER BY day)
)
SELECT 'point', s.subject, p.unit, 'points_kit', state.name, s.day, s.until, 1
FROM states s
JOIN (SELECT subject, min(unit) AS unit FROM lists GROUP BY 1) AS p USING (subject)
CROSS JOIN LATERAL (VALUES
    ('complete', lacking = 0 AND beyond = 0), ('incomplete', lacking > 0), ('exceeded', beyond > 0)
) AS state (name, holds)
WHERE s.listed > 0 AND state.holds
