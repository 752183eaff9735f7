-- What sessions, surveys and phones decide, by part of a unit.
SELECT k.measure, k.kind, h.part AS unit, sum(k.value)::bigint AS value
FROM kept_by_subject(CAST(:units AS text[]), CAST(:topics AS text[]), :after, :before) AS k
JOIN homes h ON h.unit = k.unit AND h.subject = k.subject
GROUP BY 1, 2, 3
