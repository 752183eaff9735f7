-- Distinct measures by term and unit, from presence: a subject of several kinds counts once.
SELECT term, unit, count(DISTINCT subject) AS value
FROM (
    SELECT t.term, p.unit, p.subject
    FROM unnest(CAST(:terms AS integer[]), CAST(:measures AS text[]), CAST(:kinds AS text[])) AS t (term, measure, kind)
    JOIN presence p ON p.measure = t.measure AND p.kind = t.kind
    WHERE p.unit = ANY (CAST(:units AS text[])) AND p.day BETWEEN :first AND :last
    GROUP BY t.term, p.unit, p.kind, p.subject
    HAVING sum(p.standing) > 0
) AS present
GROUP BY 1, 2
