-- What sessions, surveys and phones decide, by unit. Sessions count by their day; a household by its latest survey up to
-- the last day. Of a session that lies on several days no steps say what it reached within a period: it is looked at.
WITH others AS ( -- the larger of headcount and roster, never their sum
    SELECT unit, split_part(type, '.', 1) || '_reach' AS measure,
           greatest(max((data ->> 'headcount')::bigint), count(DISTINCT data ->> 'attendee')) AS people
    FROM stated((SELECT array_agg(s.subject) FROM subject_steps s
                 WHERE s.family = 'session' AND NOT s.regular AND s.unit = ANY (CAST(:units AS text[]))
                   AND CAST(:since AS date) IS NOT NULL))
    WHERE standing AND type IN ('training.session-held', 'training.attended', 'outreach.session-held')
      AND instant BETWEEN :after AND :before
    GROUP BY 1, 2, subject
)
SELECT measure, kind, unit, value
FROM steps_between(CAST(:units AS text[]), ARRAY['households_surveyed', 'households_in_need',
    'households_in_need_with_access', 'households_connected', 'households_with_smartphone'], NULL, :last)
UNION ALL
SELECT measure, '', unit, sum(people)::bigint
FROM (
    SELECT measure, unit, value AS people
    FROM steps_between(CAST(:units AS text[]), ARRAY['training_reach', 'outreach_reach'], CAST(:since AS date), :last)
    UNION ALL
    SELECT measure, unit, people FROM others
) AS sessions
GROUP BY 1, 3
