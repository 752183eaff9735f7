INSERT INTO subject_steps AS s (family, subject, unit, regular, steps)
SELECT family, subject, unit, regular, steps FROM made ORDER BY 1, 2, 3
ON CONFLICT (family, subject, unit) DO UPDATE SET regular = excluded.regular, steps = excluded.steps
WHERE (s.regular, s.steps) IS DISTINCT FROM (excluded.regular, excluded.steps)
