-- Union measures by term and group of units: regular subjects are in one unit alone, so their steps add up; whoever is
-- in several units of a group counts once.
WITH terms AS (
    SELECT *
    FROM unnest(CAST(:terms AS integer[]), CAST(:measures AS text[]), CAST(:kinds AS text[])) AS t (term, measure, kind)
), members AS (
    SELECT * FROM unnest(CAST(:places AS text[]), CAST(:members AS text[])) AS g (place, unit)
)
SELECT term, place, sum(value)::bigint AS value
FROM (
    SELECT t.term, g.place, s.value
    FROM steps_between(CAST(:units AS text[]), CAST(:measures AS text[]), CAST(:since AS date), :last) AS s
    JOIN terms t ON t.measure = s.measure AND t.kind = s.kind
    JOIN members g ON g.unit = s.unit
    UNION ALL
    SELECT t.term, g.place, count(DISTINCT o.subject)
    FROM irregular_between(CAST(:units AS text[]), CAST(:measures AS text[]), CAST(:kinds AS text[]), :first, :last) AS o
    JOIN terms t ON t.measure = o.measure AND t.kind = o.kind
    JOIN members g ON g.unit = o.unit
    GROUP BY 1, 2
) AS counted
GROUP BY 1, 2
HAVING sum(value) <> 0
