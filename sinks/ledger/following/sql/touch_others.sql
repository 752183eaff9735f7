-- Whoever counts once over several units is looked at in all of them.
INSERT INTO touched (family, subject, unit)
SELECT p.family, p.subject, p.unit
FROM (
    SELECT DISTINCT t.family, t.subject
    FROM touched t JOIN presence_rules r ON r.measure = t.family AND r.whom_field IS NOT NULL
) AS union_subjects
JOIN subject_steps p USING (family, subject)
ON CONFLICT DO NOTHING
