-- Findings by kind and unit; one that names several units is counted in the first of them here. Double-funded devices
-- have steps of their own, from the day from which each holds.
SELECT measure AS finding, unit, sum(value)::bigint AS value
FROM steps_between(CAST(:units AS text[]), CAST(:names AS text[]), NULL, '9999-12-30')
WHERE measure = 'double-funded-device'
GROUP BY 1, 2
UNION ALL
SELECT finding, unit, count(*)
FROM (
    SELECT f.finding, (SELECT min(named) FROM unnest(f.units) AS named WHERE named = ANY (CAST(:units AS text[]))) AS unit
    FROM findings f
    WHERE f.finding = ANY (array_remove(CAST(:names AS text[]), 'double-funded-device'))
      AND f.units && CAST(:units AS text[])
) AS placed
GROUP BY 1, 2
