-- Distinct measures by term and part of a unit, from presence: a subject of several kinds counts once.
SELECT term, part AS unit, count(DISTINCT subject) AS value
FROM (
    SELECT t.term, h.part, p.subject
    FROM unnest(CAST(:terms AS integer[]), CAST(:measures AS text[]), CAST(:kinds AS text[])) AS t (term, measure, kind)
    JOIN presence p ON p.measure = t.measure AND p.kind = t.kind
    JOIN homes h ON h.unit = p.unit AND h.subject = p.subject
    WHERE p.unit = ANY (CAST(:units AS text[])) AND p.day BETWEEN :first AND :last
    GROUP BY t.term, h.part, p.kind, p.subject
    HAVING sum(p.standing) > 0
) AS present
GROUP BY 1, 2
