-- Sum measures by term, unit, kind and stretch of the calendar between two changes of the map, from per-day figures.
-- What is negative altogether (a revision carried another original) counts as nothing, as in the counters.
SELECT term, unit, part, sum(value)::bigint AS value
FROM (
    SELECT t.term, d.unit, width_bucket(d.day, CAST(:turns AS date[])) AS part, sum(d.value) AS value,
           sum(sum(d.value)) OVER (PARTITION BY t.term, d.unit, d.kind) AS altogether
    FROM unnest(CAST(:terms AS integer[]), CAST(:measures AS text[]), CAST(:kinds AS text[])) AS t (term, measure, kind)
    JOIN per_day d ON d.measure = t.measure AND d.kind = t.kind
    WHERE d.unit = ANY (CAST(:units AS text[])) AND d.day BETWEEN :first AND :last
    GROUP BY t.term, d.unit, d.kind, 3
) AS counted
WHERE altogether > 0
GROUP BY 1, 2, 3
