INSERT INTO presence AS p (unit, measure, kind, subject, day, standing)
SELECT c.unit, c.measure, c.kind, c.subject, c.day, sum(c.sign)
FROM (
    SELECT f.unit, r.measure, coalesce(f.data ->> r.kind_field, '') AS kind,
           present(r.measure, r.whom_field, f.subject, f.data) AS subject, day_of(f.instant) AS day, f.sign
    FROM (
        SELECT unit, 1 AS sign, type, subject, instant, data FROM fresh WHERE part = 'original'
        UNION ALL
        SELECT unit, sign, type, subject, instant, data FROM moved
    ) AS f
    JOIN presence_rules r ON r.type = f.type
) AS c
WHERE c.subject IS NOT NULL
GROUP BY 1, 2, 3, 4, 5
ORDER BY 1, 2, 3, 4, 5
ON CONFLICT (unit, measure, kind, subject, day) DO UPDATE SET standing = p.standing + excluded.standing
