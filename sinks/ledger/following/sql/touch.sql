INSERT INTO touched (family, subject, unit)
SELECT k.family, n.subject, n.unit FROM news n JOIN kept_families k ON k.type = n.type
UNION
SELECT r.measure, present(r.measure, r.whom_field, n.subject, n.data), n.unit
FROM news n JOIN presence_rules r ON r.type = n.type
WHERE present(r.measure, r.whom_field, n.subject, n.data) IS NOT NULL
