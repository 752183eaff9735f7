-- Entries of the registers on a day, by part of a unit and by what indicators may ask of them.
SELECT h.part AS unit, r.kind, r.class, r.need, count(*) AS value
FROM registered_on(:day) AS r
JOIN homes h ON h.unit = r.unit AND h.subject = r.kind || '/' || r.code
WHERE r.unit = ANY (CAST(:units AS text[]))
GROUP BY 1, 2, 3, 4
