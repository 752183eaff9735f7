-- Sums are added up anew, for the months in which anything happened.
INSERT INTO per_month (unit, month, measure, kind, value)
SELECT t.unit, t.month, d.measure, d.kind, sum(d.value)
FROM (
    SELECT DISTINCT n.unit, date_trunc('month', day_of(n.instant))::date AS month
    FROM news n JOIN (SELECT DISTINCT type FROM sum_rules) AS r ON r.type = n.type
) AS t
CROSS JOIN LATERAL (
    SELECT * FROM per_day WHERE unit = t.unit AND day >= t.month AND day < (t.month + interval '1 month')::date OFFSET 0
) AS d
GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 3, 4
ON CONFLICT (unit, month, measure, kind) DO UPDATE SET value = excluded.value
