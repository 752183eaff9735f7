-- What the latest facts of points and devices say, by part of a unit.
SELECT p.name, h.part AS unit, sum(p.value)::bigint AS value
FROM points_by_subject(CAST(:units AS text[]), :before, CAST(:day AS date)) AS p
JOIN homes h ON h.unit = p.unit AND h.subject = p.subject
GROUP BY 1, 2
