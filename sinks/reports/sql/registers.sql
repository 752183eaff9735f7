-- Entries of the registers on a day, by what indicators may ask of them.
SELECT unit, kind, class, need, count(*) AS value
FROM registered_on(:day)
WHERE unit = ANY (CAST(:units AS text[]))
GROUP BY 1, 2, 3, 4
