INSERT INTO made (family, subject, unit, regular, steps)
SELECT family, subject, unit, bool_and(day IS NOT NULL),
       CASE WHEN bool_and(day IS NOT NULL) THEN jsonb_agg(jsonb_build_array(measure, kind, NULL, day, value)) ELSE '[]' END
FROM (
    SELECT family, subject, unit, measure, kind, turn.day, sum(turn.value) AS value
    FROM holding h
    CROSS JOIN LATERAL (
        SELECT h.day, h.value
        UNION ALL
        SELECT h.until, -h.value WHERE h.until IS NOT NULL
    ) AS turn (day, value)
    GROUP BY 1, 2, 3, 4, 5, 6
    HAVING sum(turn.value) <> 0 OR turn.day IS NULL
) AS turns
GROUP BY 1, 2, 3
