-- What is kept by root, by the subject that it says something of: recounted from the events of some units.

CREATE FUNCTION kept_by_subject(units text[], topics text[], since bigint, upto bigint) RETURNS TABLE (
    unit text, subject text, measure text, kind text, value bigint)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 10000
BEGIN ATOMIC
    WITH chosen AS (
        SELECT s.id, s.unit, s.source, s.topic
        FROM streams s
        WHERE s.unit = ANY (units) AND s.topic = ANY (topics)
    ), judged AS MATERIALIZED (
        SELECT c.unit, c.source, c.topic, r.root_seq, r.root_part, w.type, w.data, w.carried_instant, w.new_instant,
               w.new_instant IS NOT NULL AND coalesce(r.root_part, 'unseen') IN ('unseen', 'original', 'withdrawn') AS holds
        FROM registers r
        JOIN chosen c ON c.id = r.root_stream
        JOIN events w ON w.stream = r.stream AND w.seq = r.seq
    ), sessions AS ( -- the larger of headcount and roster, never their sum
        SELECT f.unit, split_part(f.type, '.', 1) || '_reach' AS measure, f.subject,
               greatest(max((f.data ->> 'headcount')::bigint), count(DISTINCT f.data ->> 'attendee')) AS people
        FROM (
            SELECT c.unit, e.type, e.subject, e.instant, e.data
            FROM chosen c
            CROSS JOIN LATERAL ( -- stream by stream through the key, whatever the planner thinks of a table that has grown
                SELECT * FROM events i WHERE i.stream = c.id AND i.part = 'original' OFFSET 0
            ) AS e
            WHERE c.topic IN ('field.training.v1', 'field.outreach.v1')
              AND NOT EXISTS (SELECT FROM registers r WHERE r.root_stream = e.stream AND r.root_seq = e.seq)
            UNION ALL
            SELECT unit, type, data #>> '{new,subject}', new_instant, data #> '{new,data}' FROM judged WHERE holds
        ) AS f
        WHERE f.type IN ('training.session-held', 'training.attended', 'outreach.session-held')
          AND f.instant BETWEEN since AND upto
        GROUP BY 1, 2, 3
    ), surveys AS MATERIALIZED (
        SELECT DISTINCT ON (f.unit, f.subject) f.*
        FROM (
            SELECT c.unit COLLATE "C" AS unit, e.subject COLLATE "C" AS subject, e.instant, c.source COLLATE "C" AS source,
                   e.seq, e.data ->> 'household_class' AS class,
                   (e.data ->> 'needs_telecom')::boolean AS needs, (e.data ->> 'has_telecom')::boolean AS has,
                   (e.data ->> 'owns_smartphone')::boolean AS owns, (e.data ->> 'has_internet')::boolean AS internet
            FROM chosen c
            CROSS JOIN LATERAL (SELECT * FROM events i WHERE i.stream = c.id AND i.part = 'original' OFFSET 0) AS e
            WHERE c.topic = 'field.households.v1' AND e.type = 'household.surveyed' AND e.instant <= upto
              AND NOT EXISTS (SELECT FROM registers r WHERE r.root_stream = e.stream AND r.root_seq = e.seq)
            UNION ALL
            SELECT unit, data #>> '{new,subject}', new_instant, source, root_seq, data #>> '{new,data,household_class}',
                   (data #>> '{new,data,needs_telecom}')::boolean, (data #>> '{new,data,has_telecom}')::boolean,
                   (data #>> '{new,data,owns_smartphone}')::boolean, (data #>> '{new,data,has_internet}')::boolean
            FROM judged
            WHERE holds AND type = 'household.surveyed' AND new_instant <= upto
        ) AS f
        ORDER BY f.unit, f.subject, f.instant DESC, f.source DESC, f.seq DESC
    ), phones AS (
        SELECT given.unit, given.subject, max(given.instant) AS latest
        FROM (
            SELECT signed.unit, signed.subject, signed.instant
            FROM (
                SELECT c.unit, +1 AS sign, e.subject, e.instant
                FROM chosen c
                CROSS JOIN LATERAL (SELECT * FROM events i WHERE i.stream = c.id AND i.part = 'original' OFFSET 0) AS e
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
            WHERE signed.instant <= upto
            GROUP BY 1, 2, 3
            HAVING sum(signed.sign) > 0
        ) AS given
        GROUP BY 1, 2
    )
    SELECT unit, subject, measure, '', people FROM sessions
    UNION ALL
    SELECT unit, subject, 'households_surveyed', '', 1 FROM surveys
    UNION ALL
    SELECT unit, subject, 'households_in_need', class, 1 FROM surveys WHERE needs
    UNION ALL
    SELECT unit, subject, 'households_in_need_with_access', class, 1 FROM surveys WHERE needs AND has
    UNION ALL
    SELECT unit, subject, 'households_connected', '', 1 FROM surveys WHERE owns AND internet
    UNION ALL
    SELECT unit, subject, 'households_with_smartphone', '', 1
    FROM surveys s FULL JOIN phones p USING (unit, subject)
    WHERE s.owns OR p.latest > coalesce(s.instant, p.latest - 1);
END;
COMMENT ON FUNCTION kept_by_subject IS
    'What sessions, surveys and phones decide, by subject: the counters'' own rules (see ledger_counters_at) over what '
    'stands in some topics. Sessions count by their instant; a household by its latest survey up to the last one.';

CREATE FUNCTION points_by_subject(units text[], upto bigint, on_day date) RETURNS TABLE (
    unit text, subject text, name text, value bigint)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000
BEGIN ATOMIC
    WITH connections AS (
        SELECT DISTINCT ON (f.subject) f.unit, f.subject, (f.data ->> 'expires')::date >= on_day AS funded
        FROM standing_facts f
        WHERE f.type = 'point.connected' AND f.unit = ANY (units) AND f.instant <= upto
        ORDER BY f.subject, f.instant DESC, f.root_source COLLATE "C" DESC, f.root_seq DESC
    ), devices AS (
        SELECT DISTINCT ON (f.subject, f.data ->> 'maker', f.data ->> 'serial') f.unit, f.subject,
               f.type = 'device.installed' OR (f.data ->> 'fault') IS NOT DISTINCT FROM 'repaired' AS working
        FROM standing_facts f
        WHERE f.type IN ('device.installed', 'device.faulted', 'device.removed')
          AND f.unit = ANY (units) AND f.instant <= upto
        ORDER BY f.subject, f.data ->> 'maker', f.data ->> 'serial', f.instant DESC, f.type DESC
    ), approved AS (
        SELECT DISTINCT ON (f.subject) f.unit, f.subject, f.data ->> 'host' AS host
        FROM standing_facts f
        WHERE f.type = 'point.approved' AND f.unit = ANY (units) AND day_of(f.instant) <= on_day
        ORDER BY f.subject, f.instant DESC, f.root_source COLLATE "C" DESC, f.root_seq DESC
    ), lists AS ( -- the newest in force; a point's own goes before that of its class
        SELECT DISTINCT ON (a.subject) a.unit, a.subject, k.host, k.point, k.valid_from
        FROM approved a
        JOIN approved_kits k ON (k.point = a.subject OR k.point = '' AND k.host = a.host) AND k.valid_from <= on_day
        ORDER BY a.subject, k.point DESC, k.valid_from DESC
    ), wanted AS (
        SELECT l.subject, k.kind, k.number FROM lists l JOIN approved_kits k USING (host, point, valid_from)
    ), there AS (
        SELECT subject, kind, count(*) AS number
        FROM (
            SELECT DISTINCT ON (f.subject, f.data ->> 'maker', f.data ->> 'serial')
                   f.subject, f.type, f.data ->> 'kind' AS kind
            FROM standing_facts f
            WHERE f.type IN ('device.installed', 'device.removed') AND f.unit = ANY (units)
              AND day_of(f.instant) <= on_day
            ORDER BY f.subject, f.data ->> 'maker', f.data ->> 'serial', f.instant DESC, f.type DESC
        ) AS latest
        WHERE type = 'device.installed'
        GROUP BY 1, 2
    ), kits AS (
        SELECT subject, bool_or(coalesce(t.number, 0) < coalesce(w.number, 0)) AS lacking,
               bool_or(coalesce(t.number, 0) > coalesce(w.number, 0)) AS beyond
        FROM wanted w FULL JOIN there t USING (subject, kind)
        GROUP BY 1
    )
    SELECT unit, subject, CASE WHEN funded THEN 'points_funded' ELSE 'points_expired' END, 1 FROM connections
    UNION ALL
    SELECT unit, subject, 'devices_working', count(*) FROM devices WHERE working GROUP BY 1, 2
    UNION ALL
    SELECT l.unit, l.subject, state.name, 1
    FROM lists l
    JOIN kits k USING (subject)
    CROSS JOIN LATERAL (VALUES
        ('kits_complete', NOT lacking AND NOT beyond), ('kits_incomplete', lacking), ('kits_exceeded', beyond)
    ) AS state (name, holds)
    WHERE state.holds;
END;
COMMENT ON FUNCTION points_by_subject IS
    'What the latest facts of points and devices say, by point: its connection by its funding on a day and its devices by '
    'their state, up to an instant; and how far it has its kit, up to the end of the day.';
