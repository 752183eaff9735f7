DELETE FROM subject_steps s USING touched t
WHERE (s.family, s.subject, s.unit) = (t.family, t.subject, t.unit)
  AND NOT EXISTS (
      SELECT FROM made m WHERE m.family = t.family AND m.subject = t.subject AND m.unit = t.unit)
