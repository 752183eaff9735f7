-- Sum measures by term, unit, kind and stretch of the calendar between two changes of the map, from months as far as
-- they are whole. What is negative altogether (a revision carried another original) counts as nothing, as in the
-- counters.
WITH counted AS MATERIALIZED (
    SELECT part, unit, measure, kind, sum(value) AS value
    FROM (
        SELECT s.part, m.unit, m.measure, m.kind, m.value
        FROM unnest(CAST(:month_parts AS integer[]), CAST(:months_from AS date[]), CAST(:months_until AS date[]))
            AS s (part, since, until)
        CROSS JOIN unnest(CAST(:units AS text[])) AS u (unit)
        CROSS JOIN LATERAL ( -- by the key, for a few days lie among those of years
            SELECT * FROM per_month WHERE unit = u.unit AND month >= s.since AND month < s.until OFFSET 0
        ) AS m
        UNION ALL
        SELECT s.part, d.unit, d.measure, d.kind, d.value
        FROM unnest(CAST(:day_parts AS integer[]), CAST(:days_from AS date[]), CAST(:days_until AS date[]))
            AS s (part, since, until)
        CROSS JOIN unnest(CAST(:units AS text[])) AS u (unit)
        CROSS JOIN LATERAL (
            SELECT * FROM per_day WHERE unit = u.unit AND day >= s.since AND day < s.until OFFSET 0
        ) AS d
    ) AS calendar
    WHERE measure = ANY (CAST(:measures AS text[]))
    GROUP BY 1, 2, 3, 4
)
SELECT term, unit, part, sum(value)::bigint AS value
FROM (
    SELECT t.term, c.unit, c.part, c.value, sum(c.value) OVER (PARTITION BY t.term, c.unit, c.kind) AS altogether
    FROM unnest(CAST(:terms AS integer[]), CAST(:measures AS text[]), CAST(:kinds AS text[])) AS t (term, measure, kind)
    JOIN counted c ON c.measure = t.measure AND c.kind = t.kind
) AS judged
WHERE altogether > 0
GROUP BY 1, 2, 3
