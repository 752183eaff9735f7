-- The counters of units as a function of log positions, recounted from the events.

CREATE FUNCTION ledger_counters_at(units text[], positions bigint[][]) RETURNS TABLE (
    unit text, measure text, kind text, value bigint)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000
SET jit = off -- compiling this would take longer than answering
BEGIN ATOMIC
    WITH facts AS MATERIALIZED (
        SELECT * FROM facts_at(units, positions)
    ), sums AS (
        SELECT f.unit, r.measure, coalesce(f.data ->> r.kind_field, '') AS kind,
               sum(f.sign * coalesce((f.data ->> r.amount_field)::bigint, 1))::bigint AS value
        FROM facts f JOIN sum_rules r ON r.type = f.type
        GROUP BY 1, 2, 3
    ), present AS (
        SELECT f.unit, r.measure, coalesce(f.data ->> r.kind_field, '') AS kind
        FROM facts f JOIN presence_rules r ON r.type = f.type
        WHERE r.whom_field IS NULL
        GROUP BY 1, 2, 3, present(r.measure, r.whom_field, f.subject, f.data)
        HAVING present(r.measure, r.whom_field, f.subject, f.data) IS NOT NULL AND sum(f.sign) > 0
    ), sessions AS ( -- the larger of headcount and roster, never their sum
        SELECT f.unit, split_part(f.type, '.', 1) || '_reach' AS measure,
               greatest(max((f.data ->> 'headcount')::bigint), count(DISTINCT f.data ->> 'attendee')) AS people
        FROM facts f
        WHERE f.standing AND f.type IN ('training.session-held', 'training.attended', 'outreach.session-held')
        GROUP BY 1, 2, f.subject
    ), surveys AS (
        SELECT DISTINCT ON (f.unit, f.subject) f.unit, f.subject, f.instant, f.data ->> 'household_class' AS class,
               (f.data ->> 'needs_telecom')::boolean AS needs, (f.data ->> 'has_telecom')::boolean AS has,
               (f.data ->> 'owns_smartphone')::boolean AS owns, (f.data ->> 'has_internet')::boolean AS internet
        FROM facts f
        WHERE f.standing AND f.type = 'household.surveyed'
        ORDER BY f.unit, f.subject, f.instant DESC, f.root_source COLLATE "C" DESC, f.root_seq DESC
    ), phones AS (
        SELECT given.unit, given.subject, max(given.instant) AS latest
        FROM (
            SELECT f.unit, f.subject, f.instant
            FROM facts f
            WHERE f.type = 'smartphone.handed-out'
            GROUP BY 1, 2, 3
            HAVING sum(f.sign) > 0
        ) AS given
        GROUP BY 1, 2
    ), figures (unit, measure, kind, value) AS (
        SELECT unit, measure, kind, value FROM sums
        UNION ALL
        SELECT unit, measure, kind, count(*) FROM present GROUP BY 1, 2, 3
        UNION ALL
        SELECT unit, measure, '', sum(people)::bigint FROM sessions GROUP BY 1, 2
        UNION ALL
        SELECT unit, 'households_surveyed', '', count(*) FROM surveys GROUP BY 1
        UNION ALL
        SELECT unit, 'households_in_need', class, count(*) FROM surveys WHERE needs GROUP BY 1, 3
        UNION ALL
        SELECT unit, 'households_in_need_with_access', class, count(*) FROM surveys WHERE needs AND has GROUP BY 1, 3
        UNION ALL
        SELECT unit, 'households_connected', '', count(*) FROM surveys WHERE owns AND internet GROUP BY 1
        UNION ALL
        SELECT unit, 'households_with_smartphone', '', count(*)
        FROM surveys s FULL JOIN phones p USING (unit, subject)
        WHERE s.owns OR p.latest > coalesce(s.instant, p.latest - 1)
        GROUP BY 1
    )
    SELECT unit, measure, kind, value FROM figures WHERE value > 0;
END;
COMMENT ON FUNCTION ledger_counters_at IS
    'The counters (above 0) of units whose events lie below positions: one array of next offsets per unit, in the '
    'order of topic_number; null positions: all that the ledger has.';

CREATE FUNCTION ledger_counters(unit text, positions bigint[] DEFAULT NULL) RETURNS TABLE (
    measure text, kind text, value bigint)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 100
BEGIN ATOMIC
    SELECT c.measure, c.kind, c.value
    FROM ledger_counters_at(ARRAY[unit], CASE WHEN positions IS NOT NULL THEN ARRAY[positions] END) AS c;
END;
COMMENT ON FUNCTION ledger_counters IS
    'The counters (above 0) of one unit, recounted from the events that lie below the positions of a total.';
