INSERT INTO change (unit, measure, kind, previous, day, value)
SELECT unit, step ->> 0, step ->> 1, coalesce((step ->> 2)::date, '-infinity'), (step ->> 3)::date,
       sum(sign * (step ->> 4)::bigint)
FROM (
    SELECT t.unit, -1 AS sign, s.steps FROM touched t JOIN subject_steps s USING (family, subject, unit)
    UNION ALL
    SELECT unit, +1, steps FROM made
) AS both_times
CROSS JOIN LATERAL jsonb_array_elements(steps) AS step
GROUP BY 1, 2, 3, 4, 5
HAVING sum(sign * (step ->> 4)::bigint) <> 0
