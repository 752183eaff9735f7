-- Distinct measures by term and unit: regular subjects by their steps, the few others by their own presence.
WITH terms AS (
    SELECT *
    FROM unnest(CAST(:terms AS integer[]), CAST(:measures AS text[]), CAST(:kinds AS text[])) AS t (term, measure, kind)
), others AS (
    SELECT t.term, p.unit, p.subject
    FROM terms t
    JOIN subject_steps s ON s.family = t.measure AND NOT s.regular AND s.unit = ANY (CAST(:units AS text[]))
    CROSS JOIN LATERAL ( -- each by its key, for presence has many more
        SELECT * FROM presence
        WHERE unit = s.unit AND measure = s.family AND kind = t.kind AND subject = s.subject
          AND day BETWEEN :first AND :last
        OFFSET 0
    ) AS p
    GROUP BY t.term, p.unit, p.kind, p.subject
    HAVING sum(p.standing) > 0
)
SELECT term, unit, sum(value)::bigint AS value
FROM (
    SELECT t.term, s.unit, s.value
    FROM steps_between(CAST(:units AS text[]), CAST(:measures AS text[]), CAST(:since AS date), :last) AS s
    JOIN terms t ON t.measure = s.measure AND t.kind = s.kind
    UNION ALL
    SELECT term, unit, count(DISTINCT subject) FROM others GROUP BY 1, 2
) AS counted
GROUP BY 1, 2
HAVING sum(value) <> 0
