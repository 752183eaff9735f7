-- Findings by kind and unit; one that names several units is counted in the first of them here.
SELECT finding, unit, count(*) AS value
FROM (
    SELECT f.finding, (SELECT min(named) FROM unnest(f.units) AS named WHERE named = ANY (CAST(:units AS text[]))) AS unit
    FROM findings f
    WHERE f.finding = ANY (CAST(:names AS text[])) AND f.units && CAST(:units AS text[])
) AS placed
GROUP BY 1, 2
