-- The latest day up to the last one on which anything that counts happened: each unit is asked from its end.
SELECT max(f.day) AS day
FROM unnest(CAST(:units AS text[])) AS u (unit)
CROSS JOIN LATERAL (
    SELECT d.day
    FROM per_day d
    WHERE d.unit = u.unit AND d.day <= :last AND d.measure = 'facts' AND d.value > 0
    ORDER BY d.day DESC
    LIMIT 1
) AS f
