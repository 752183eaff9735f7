-- What a session reached by the end of each day: the larger of headcount and roster. One whose facts are all of one day
-- (and of one measure, as they should) counts on that day, in every period; any other up to a day alone, and a period
-- looks at it itself.
INSERT INTO holding (family, subject, unit, measure, kind, previous, day, until, value)
WITH told AS (
    SELECT subject, unit, split_part(type, '.', 1) || '_reach' AS measure, day_of(instant) AS day,
           (data ->> 'headcount')::bigint AS headcount, data ->> 'attendee' AS attendee, instant
    FROM facts
    WHERE standing AND type IN ('training.session-held', 'training.attended', 'outreach.session-held')
), days AS (
    SELECT subject, unit, measure, day, max(headcount) AS headcount, count(*) FILTER (WHERE new) AS new
    FROM (
        SELECT *, attendee IS NOT NULL
                  AND row_number() OVER (PARTITION BY subject, unit, measure, attendee ORDER BY instant) = 1 AS new
        FROM told
    ) AS listed
    GROUP BY 1, 2, 3, 4
)
SELECT 'session', subject, unit, measure, '', CASE WHEN count(*) OVER whole > 1 THEN 'infinity'::date END,
       day, lead(day) OVER by_day, greatest(max(headcount) OVER by_day, sum(new) OVER by_day)
FROM days
WINDOW whole AS (PARTITION BY subject, unit), by_day AS (PARTITION BY subject, unit, measure ORDER BY day)
