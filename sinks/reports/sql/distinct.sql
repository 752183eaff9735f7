-- Distinct measures by term and unit: regular subjects by their steps, the few others by their own presence.
WITH terms AS (
    SELECT *
    FROM unnest(CAST(:terms AS integer[]), CAST(:measures AS text[]), CAST(:kinds AS text[])) AS t (term, measure, kind)
)
SELECT term, unit, sum(value)::bigint AS value
FROM (
    SELECT t.term, s.unit, s.value
    FROM steps_between(CAST(:units AS text[]), CAST(:measures AS text[]), CAST(:since AS date), :last) AS s
    JOIN terms t ON t.measure = s.measure AND t.kind = s.kind
    UNION ALL
    SELECT t.term, o.unit, count(DISTINCT o.subject)
    FROM irregular_between(CAST(:units AS text[]), CAST(:measures AS text[]), CAST(:kinds AS text[]), :first, :last) AS o
    JOIN terms t ON t.measure = o.measure AND t.kind = o.kind
    GROUP BY 1, 2
) AS counted
GROUP BY 1, 2
HAVING sum(value) <> 0
