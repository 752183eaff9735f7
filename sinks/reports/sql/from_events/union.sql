-- Union measures by term and group of units: whoever is in several units of a group counts once.
SELECT term, place, count(DISTINCT subject) AS value
FROM (
    SELECT t.term, g.place, p.unit, p.subject
    FROM unnest(CAST(:terms AS integer[]), CAST(:measures AS text[]), CAST(:kinds AS text[])) AS t (term, measure, kind)
    JOIN presence p ON p.measure = t.measure AND p.kind = t.kind
    JOIN unnest(CAST(:places AS text[]), CAST(:members AS text[])) AS g (place, unit) ON g.unit = p.unit
    WHERE p.day BETWEEN :first AND :last
    GROUP BY t.term, g.place, p.unit, p.subject
    HAVING sum(p.standing) > 0
) AS present
GROUP BY 1, 2
