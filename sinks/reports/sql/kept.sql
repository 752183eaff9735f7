-- What sessions, surveys and phones decide, by unit: the counters' own rules (see `ledger_counters_at`) over the facts
-- of some days. Sessions count by their day; a household by its latest survey up to the last day.
WITH chosen AS (
    SELECT id, unit, source
    FROM streams
    WHERE unit = ANY (CAST(:units AS text[])) AND topic = ANY (CAST(:topics AS text[]))
), judged AS MATERIALIZED (
    SELECT c.unit, c.source, r.root_seq, r.root_part, w.type, w.data, w.carried_instant, w.new_instant
    FROM registers r
    JOIN chosen c ON c.id = r.root_stream
    JOIN events w ON w.stream = r.stream AND w.seq = r.seq
), facts (unit, source, seq, sign, standing, type, subject, instant, data) AS MATERIALIZED (
    SELECT c.unit, c.source, e.seq, +1, NOT e.revised, e.type, e.subject, e.instant, e.data
    FROM chosen c
    CROSS JOIN LATERAL ( -- stream by stream through the key, whatever the planner thinks of a table that has just grown
        SELECT e.*, EXISTS (SELECT FROM registers r WHERE r.root_stream = e.stream AND r.root_seq = e.seq) AS revised
        FROM events e
        WHERE e.stream = c.id AND e.part = 'original'
        OFFSET 0
    ) AS e
    UNION ALL
    SELECT unit, source, root_seq, -1, false, type, data #>> '{original,subject}', carried_instant,
           data #> '{original,data}'
    FROM judged
    WHERE root_part = 'original'
    UNION ALL
    SELECT unit, source, root_seq, +1, true, type, data #>> '{new,subject}', new_instant, data #> '{new,data}'
    FROM judged
    WHERE new_instant IS NOT NULL AND coalesce(root_part, 'unseen') IN ('unseen', 'original', 'withdrawn')
), sessions AS ( -- the larger of headcount and roster, never their sum
    SELECT f.unit, split_part(f.type, '.', 1) || '_reach' AS measure,
           greatest(max((f.data ->> 'headcount')::bigint), count(DISTINCT f.data ->> 'attendee')) AS people
    FROM facts f
    WHERE f.standing AND f.type IN ('training.session-held', 'training.attended', 'outreach.session-held')
      AND f.instant BETWEEN :after AND :before
    GROUP BY 1, 2, f.subject
), surveys AS MATERIALIZED (
    SELECT DISTINCT ON (f.unit, f.subject) f.unit, f.subject, f.instant, f.data ->> 'household_class' AS class,
           (f.data ->> 'needs_telecom')::boolean AS needs, (f.data ->> 'has_telecom')::boolean AS has,
           (f.data ->> 'owns_smartphone')::boolean AS owns, (f.data ->> 'has_internet')::boolean AS internet
    FROM facts f
    WHERE f.standing AND f.type = 'household.surveyed' AND f.instant <= :before
    ORDER BY f.unit, f.subject, f.instant DESC, f.source COLLATE "C" DESC, f.seq DESC
), phones AS (
    SELECT unit, subject, max(instant) AS latest
    FROM (
        SELECT f.unit, f.subject, f.instant
        FROM facts f
        WHERE f.type = 'smartphone.handed-out' AND f.instant <= :before
        GROUP BY 1, 2, 3
        HAVING sum(f.sign) > 0
    ) AS given
    GROUP BY 1, 2
)
SELECT measure, '' AS kind, unit, sum(people)::bigint AS value FROM sessions GROUP BY 1, 3
UNION ALL
SELECT 'households_surveyed', '', unit, count(*) FROM surveys GROUP BY 3
UNION ALL
SELECT 'households_in_need', class, unit, count(*) FROM surveys WHERE needs GROUP BY 2, 3
UNION ALL
SELECT 'households_in_need_with_access', class, unit, count(*) FROM surveys WHERE needs AND has GROUP BY 2, 3
UNION ALL
SELECT 'households_connected', '', unit, count(*) FROM surveys WHERE owns AND internet GROUP BY 3
UNION ALL
SELECT 'households_with_smartphone', '', unit, count(*)
FROM surveys s FULL JOIN phones p USING (unit, subject)
WHERE s.owns OR p.latest > coalesce(s.instant, p.latest - 1)
GROUP BY 3
