-- What sessions, surveys and phones decide, by unit: the counters' own rules (see `ledger_counters_at`) over the facts
-- of some days. Sessions count by their day; a household by its latest survey up to the last day.
WITH chosen AS (
    SELECT id, unit, source, topic
    FROM streams
    WHERE unit = ANY (CAST(:units AS text[])) AND topic = ANY (CAST(:topics AS text[]))
), judged AS MATERIALIZED (
    SELECT c.unit, c.source, c.topic, r.root_seq, r.root_part, w.type, w.data, w.carried_instant, w.new_instant,
           w.new_instant IS NOT NULL AND coalesce(r.root_part, 'unseen') IN ('unseen', 'original', 'withdrawn') AS holds
    FROM registers r
    JOIN chosen c ON c.id = r.root_stream
    JOIN events w ON w.stream = r.stream AND w.seq = r.seq
), sessions AS ( -- the larger of headcount and roster, never their sum
    SELECT unit, split_part(type, '.', 1) || '_reach' AS measure,
           greatest(max((data ->> 'headcount')::bigint), count(DISTINCT data ->> 'attendee')) AS people
    FROM (
        SELECT c.unit, e.type, e.subject, e.instant, e.data
        FROM chosen c
        CROSS JOIN LATERAL ( -- stream by stream through the key, whatever the planner thinks of a table that has grown
            SELECT * FROM events WHERE stream = c.id AND part = 'original' OFFSET 0
        ) AS e
        WHERE c.topic IN ('field.training.v1', 'field.outreach.v1')
          AND NOT EXISTS (SELECT FROM registers r WHERE r.root_stream = e.stream AND r.root_seq = e.seq)
        UNION ALL
        SELECT unit, type, data #>> '{new,subject}', new_instant, data #> '{new,data}' FROM judged WHERE holds
    ) AS f
    WHERE type IN ('training.session-held', 'training.attended', 'outreach.session-held')
      AND instant BETWEEN :after AND :before
    GROUP BY 1, 2, subject
), surveys AS MATERIALIZED (
    SELECT DISTINCT ON (unit, subject) *
    FROM (
        SELECT c.unit COLLATE "C" AS unit, e.subject COLLATE "C" AS subject, e.instant, c.source COLLATE "C" AS source,
               e.seq, e.data ->> 'household_class' AS class,
               (e.data ->> 'needs_telecom')::boolean AS needs, (e.data ->> 'has_telecom')::boolean AS has,
               (e.data ->> 'owns_smartphone')::boolean AS owns, (e.data ->> 'has_internet')::boolean AS internet
        FROM chosen c
        CROSS JOIN LATERAL (SELECT * FROM events WHERE stream = c.id AND part = 'original' OFFSET 0) AS e
        WHERE c.topic = 'field.households.v1' AND e.type = 'household.surveyed' AND e.instant <= :before
          AND NOT EXISTS (SELECT FROM registers r WHERE r.root_stream = e.stream AND r.root_seq = e.seq)
        UNION ALL
        SELECT unit, data #>> '{new,subject}', new_instant, source, root_seq, data #>> '{new,data,household_class}',
               (data #>> '{new,data,needs_telecom}')::boolean, (data #>> '{new,data,has_telecom}')::boolean,
               (data #>> '{new,data,owns_smartphone}')::boolean, (data #>> '{new,data,has_internet}')::boolean
        FROM judged
        WHERE holds AND type = 'household.surveyed' AND new_instant <= :before
    ) AS f
    ORDER BY unit, subject, instant DESC, source DESC, seq DESC
), phones AS (
    SELECT unit, subject, max(instant) AS latest
    FROM (
        SELECT unit, subject, instant
        FROM (
            SELECT c.unit, +1 AS sign, e.subject, e.instant
            FROM chosen c
            CROSS JOIN LATERAL (SELECT * FROM events WHERE stream = c.id AND part = 'original' OFFSET 0) AS e
            WHERE c.topic = 'field.handouts.v1' AND e.type = 'smartphone.handed-out'
            UNION ALL
            SELECT unit, -1, data #>> '{original,subject}', carried_instant
            FROM judged
            WHERE root_part = 'original' AND type = 'smartphone.handed-out'
            UNION ALL
            SELECT unit, +1, data #>> '{new,subject}', new_instant
            FROM judged
            WHERE holds AND type = 'smartphone.handed-out'
        ) AS signed
        WHERE instant <= :before
        GROUP BY 1, 2, 3
        HAVING sum(sign) > 0
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
