-- A household's latest survey up to the end of a day decides, and a smartphone that it was given later than that.
INSERT INTO holding (family, subject, unit, measure, kind, day, until, value)
WITH surveys AS (
    SELECT DISTINCT ON (subject, day_of(instant)) unit, subject, day_of(instant) AS day, instant, data
    FROM facts
    WHERE standing AND type = 'household.surveyed'
    ORDER BY subject, day_of(instant), instant DESC, root_source COLLATE "C" DESC, root_seq DESC
), phones AS (
    SELECT unit, subject, day_of(instant) AS day, max(instant) AS instant
    FROM (
        SELECT unit, subject, instant FROM facts WHERE type = 'smartphone.handed-out' GROUP BY 1, 2, 3 HAVING sum(sign) > 0
    ) AS given
    GROUP BY 1, 2, 3
), days AS ( -- of each day on which anything is said, how many surveys came before, and the latest of either by then
    SELECT unit, subject, day, s.data, count(s.instant) OVER by_day AS number,
           max(s.instant) OVER by_day AS surveyed, max(p.instant) OVER by_day AS phone,
           lead(day) OVER by_day AS until
    FROM surveys s FULL JOIN phones p USING (unit, subject, day)
    WINDOW by_day AS (PARTITION BY subject ORDER BY day)
), standing AS (
    SELECT *, first_value(data) OVER (PARTITION BY subject, number ORDER BY day) AS survey FROM days
)
SELECT 'household', subject, unit, v.measure, v.kind, day, until, 1
FROM standing
CROSS JOIN LATERAL (
    SELECT survey ->> 'household_class' AS class, (survey ->> 'needs_telecom')::boolean AS needs,
           (survey ->> 'has_telecom')::boolean AS has, (survey ->> 'owns_smartphone')::boolean AS owns,
           (survey ->> 'has_internet')::boolean AS internet
) AS said
CROSS JOIN LATERAL (VALUES
    ('households_surveyed', '', surveyed IS NOT NULL),
    ('households_in_need', class, needs),
    ('households_in_need_with_access', class, needs AND has),
    ('households_connected', '', owns AND internet),
    ('households_with_smartphone', '', owns OR phone > coalesce(surveyed, phone - 1))
) AS v (measure, kind, holds)
WHERE v.holds
