INSERT INTO per_day AS d (unit, day, measure, kind, value)
SELECT f.unit, day_of(f.instant), r.measure, coalesce(f.data ->> r.kind_field, ''),
       sum(f.sign * coalesce((f.data ->> r.amount_field)::bigint, 1))
FROM (
    SELECT unit, 1 AS sign, type, instant, data FROM fresh WHERE part = 'original'
    UNION ALL
    SELECT unit, sign, type, instant, data FROM moved
) AS f
JOIN sum_rules r ON r.type = f.type
GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 3, 4
ON CONFLICT (unit, day, measure, kind) DO UPDATE SET value = d.value + excluded.value
