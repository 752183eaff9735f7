-- What sessions, surveys and phones decide, by unit, from the events of some days.
SELECT measure, kind, unit, sum(value)::bigint AS value
FROM kept_by_subject(CAST(:units AS text[]), CAST(:topics AS text[]), :after, :before)
GROUP BY 1, 2, 3
