-- Sum measures by term, unit, kind and stretch of the calendar between two changes of the map, from months as far as
-- they are whole. What is negative altogether (a revision carried another original) counts as nothing, as in the
-- counters.
SELECT term, unit, part, sum(value)::bigint AS value
FROM (
    SELECT t.term, c.unit, c.part, sum(c.value) AS value,
           sum(sum(c.value)) OVER (PARTITION BY t.term, c.unit, c.kind) AS altogether
    FROM unnest(CAST(:terms AS integer[]), CAST(:measures AS text[]), CAST(:kinds AS text[])) AS t (term, measure, kind)
    JOIN (
        SELECT s.part, m.unit, m.measure, m.kind, m.value
        FROM unnest(CAST(:month_parts AS integer[]), CAST(:months_from AS date[]), CAST(:months_until AS date[]))
            AS s (part, since, until)
        JOIN per_month m ON m.unit = ANY (CAST(:units AS text[])) AND m.month >= s.since AND m.month < s.until
        UNION ALL
        SELECT s.part, d.unit, d.measure, d.kind, d.value
        FROM unnest(CAST(:day_parts AS integer[]), CAST(:days_from AS date[]), CAST(:days_until AS date[]))
            AS s (part, since, until)
        JOIN per_day d ON d.unit = ANY (CAST(:units AS text[])) AND d.day >= s.since AND d.day < s.until
    ) AS c ON c.measure = t.measure AND c.kind = t.kind
    GROUP BY t.term, c.unit, c.kind, c.part
) AS counted
WHERE altogether > 0
GROUP BY 1, 2, 3
