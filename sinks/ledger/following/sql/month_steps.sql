INSERT INTO per_month AS m (unit, month, measure, kind, value)
SELECT unit, date_trunc('month', day)::date, measure, kind, sum(value)
FROM change
WHERE NOT isfinite(previous)
GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 3, 4
ON CONFLICT (unit, month, measure, kind) DO UPDATE SET value = m.value + excluded.value
