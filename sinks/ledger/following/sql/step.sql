INSERT INTO steps AS s (unit, measure, kind, previous, day, value)
SELECT unit, measure, kind, previous, day, value FROM change ORDER BY 1, 2, 4, 5, 3
ON CONFLICT (unit, measure, previous, day, kind) DO UPDATE SET value = s.value + excluded.value
