INSERT INTO made (family, subject, unit, regular, steps)
SELECT family, subject, unit, bool_and(previous IS NULL),
       jsonb_agg(jsonb_build_array(measure, kind, previous, day, value))
FROM (
    SELECT family, subject, unit, measure, kind, previous, turn.day, sum(turn.value) AS value
    FROM holding h
    CROSS JOIN LATERAL (
        SELECT h.day, h.value
        UNION ALL
        SELECT h.until, -h.value WHERE h.until IS NOT NULL
    ) AS turn (day, value)
    GROUP BY 1, 2, 3, 4, 5, 6, 7
    HAVING sum(turn.value) <> 0
) AS turns
GROUP BY 1, 2, 3
