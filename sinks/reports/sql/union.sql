-- Union measures by term and group of units: regular subjects are in one unit alone, so their steps add up; whoever is
-- in several units of a group counts once.
WITH terms AS (
    SELECT *
    FROM unnest(CAST(:terms AS integer[]), CAST(:measures AS text[]), CAST(:kinds AS text[])) AS t (term, measure, kind)
), members AS (
    SELECT * FROM unnest(CAST(:places AS text[]), CAST(:members AS text[])) AS g (place, unit)
), others AS (
    SELECT t.term, g.place, p.subject
    FROM terms t
    JOIN subject_steps s ON s.family = t.measure AND NOT s.regular AND s.unit = ANY (CAST(:units AS text[]))
    CROSS JOIN LATERAL ( -- each by its key, for presence has many more
        SELECT * FROM presence
        WHERE unit = s.unit AND measure = s.family AND kind = t.kind AND subject = s.subject
          AND day BETWEEN :first AND :last
        OFFSET 0
    ) AS p
    JOIN members g ON g.unit = p.unit
    GROUP BY t.term, g.place, p.unit, p.subject
    HAVING sum(p.standing) > 0
)
SELECT term, place, sum(value)::bigint AS value
FROM (
    SELECT t.term, g.place, s.value
    FROM steps_between(CAST(:units AS text[]), CAST(:measures AS text[]), CAST(:since AS date), :last) AS s
    JOIN terms t ON t.measure = s.measure AND t.kind = s.kind
    JOIN members g ON g.unit = s.unit
    UNION ALL
    SELECT term, place, count(DISTINCT subject) FROM others GROUP BY 1, 2
) AS counted
GROUP BY 1, 2
HAVING sum(value) <> 0
