-- A session whose facts are all of one day counts on that day, in every period; any other is looked at when asked for.
INSERT INTO holding (family, subject, unit, measure, kind, day, until, value)
SELECT 'session', subject, unit, split_part(type, '.', 1) || '_reach', '',
       CASE WHEN count(DISTINCT day_of(instant)) = 1 THEN min(day_of(instant)) END, NULL,
       greatest(max((data ->> 'headcount')::bigint), count(DISTINCT data ->> 'attendee'))
FROM facts
WHERE standing AND type IN ('training.session-held', 'training.attended', 'outreach.session-held')
GROUP BY subject, unit, 4
