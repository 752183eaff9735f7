-- A split commune's numbers are never guessed onto its successors. Each of its subjects (household, point, session) goes,
-- with all that counts it once, to the one successor to which the registers say that its village went. Its village is the
-- one that its own register entry names; where that names none, the one that its latest standing event names. A sum goes
-- by the village that its event names; where that names none, by its subject's. What the registers do not say of a
-- village stays unresolved, and so every map has the same sum.

CREATE FUNCTION resolved_units() RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (SELECT coalesce(array_agg(DISTINCT v.unit), '{}') FROM village_successors v);
COMMENT ON FUNCTION resolved_units IS 'The split communes of which the registers say where a village went; few, as a rule.';

CREATE FUNCTION successors_of_subjects(units text[], on_map date, upto bigint) RETURNS TABLE (
    unit text, subject text, went_to text)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000
BEGIN ATOMIC
    WITH registered AS (
        SELECT DISTINCT ON (e.code) e.unit, e.kind || '/' || e.code AS subject,
               CASE e.kind WHEN 'village' THEN e.code ELSE e.village END AS village
        FROM register_entries e
        WHERE e.unit = ANY (units) AND (e.kind = 'village' OR e.village IS NOT NULL)
        ORDER BY e.code, e.valid_from <= on_map DESC, abs(e.valid_from - on_map), e.valid_from DESC
    ), told AS (
        SELECT DISTINCT ON (f.unit, f.subject) f.unit, f.subject, f.data ->> 'village' AS village
        FROM facts_at(units, NULL) f
        WHERE f.standing AND f.data ->> 'village' IS NOT NULL AND f.subject NOT LIKE 'unit/%'
          AND (upto IS NULL OR f.instant <= upto)
        ORDER BY f.unit, f.subject, f.instant DESC, f.root_source COLLATE "C" DESC, f.root_seq DESC
    )
    SELECT s.unit, s.subject, v.went_to
    FROM (
        SELECT unit, subject, coalesce(r.village, t.village) AS village
        FROM registered r FULL JOIN told t USING (unit, subject)
    ) AS s
    JOIN village_successors v ON v.unit = s.unit AND v.village = s.village;
END;
COMMENT ON FUNCTION successors_of_subjects IS
    'To which successor each household, point, session and village of some split communes went: by its register entry as '
    'of the day of a map (null: the last one), which is the latest by then or else the first after; where that names no '
    'village, by its latest standing event up to an instant (null: any). Who is not named went nowhere that is known.';

DROP FUNCTION sums_by_place(text);
DROP VIEW village_sums;
CREATE FUNCTION village_sums(units text[], on_map date, upto bigint) RETURNS TABLE (
    unit text, went_to text, day date, measure text, kind text, value bigint)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000
BEGIN ATOMIC
    SELECT f.unit, coalesce(own.went_to, its.went_to), day_of(f.instant), r.measure,
           coalesce(f.data ->> r.kind_field, ''), sum(f.sign * coalesce((f.data ->> r.amount_field)::bigint, 1))::bigint
    FROM facts_at(units, NULL) AS f
    JOIN sum_rules r ON r.type = f.type
    LEFT JOIN village_successors own ON own.unit = f.unit AND own.village = f.data ->> 'village'
    LEFT JOIN successors_of_subjects(units, on_map, upto) AS its
         ON f.data ->> 'village' IS NULL AND its.unit = f.unit AND its.subject = f.subject
    WHERE coalesce(own.went_to, its.went_to) IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5;
END;
COMMENT ON FUNCTION village_sums IS
    'Sum measures by day of what went to a known successor of split communes. Subjects as in successors_of_subjects.';

CREATE FUNCTION village_counters(on_map date) RETURNS TABLE (
    unit text, went_to text, measure text, kind text, value numeric)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000
BEGIN ATOMIC
    WITH counted AS (
        SELECT k.unit, k.subject, k.measure, k.kind, k.value
        FROM kept_by_subject((SELECT resolved_units()), ARRAY['field.training.v1', 'field.outreach.v1', 'field.households.v1',
            'field.handouts.v1'], -9223372036854775808, 9223372036854775807) k
        UNION ALL
        SELECT p.unit, p.subject, p.measure, p.kind, 1
        FROM presence p
        JOIN presence_rules r ON r.measure = p.measure AND r.whom_field IS NULL
        WHERE p.unit = ANY ((SELECT resolved_units())::text[])
        GROUP BY 1, 2, 3, 4
        HAVING sum(p.standing) > 0
    )
    SELECT s.unit, s.went_to, s.measure, s.kind, sum(s.value)
    FROM (
        SELECT v.unit, v.went_to, v.measure, v.kind, v.value FROM village_sums((SELECT resolved_units()), on_map, NULL) v
        UNION ALL
        SELECT c.unit, h.went_to, c.measure, c.kind, c.value
        FROM counted c
        JOIN successors_of_subjects((SELECT resolved_units()), on_map, NULL) h ON h.unit = c.unit AND h.subject = c.subject
    ) AS s
    GROUP BY 1, 2, 3, 4;
END;
COMMENT ON FUNCTION village_counters IS
    'What of the counters of split communes went to a known successor, as the ledger counts it.';

CREATE FUNCTION sums_by_place(map text) RETURNS TABLE (
    commune text, district text, province text, unresolved text, day date, measure text, kind text, value numeric)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH moved AS MATERIALIZED (
        SELECT v.* FROM village_sums((SELECT resolved_units()), map_day(map), NULL) v
    ), parts (unit, went_to, day, measure, kind, value) AS (
        SELECT unit, '', day, measure, kind, value FROM per_day
        UNION ALL
        SELECT unit, '', day, measure, kind, -value FROM moved
        UNION ALL
        SELECT unit, went_to, day, measure, kind, value FROM moved
    )
    SELECT p.commune, p.district, p.province, CASE WHEN p.unit IS NULL THEN 'unknown-unit' ELSE p.unresolved END,
           d.day, d.measure, d.kind, sum(d.value)
    FROM parts d
    LEFT JOIN unit_places p ON p.unit = d.unit AND p.went_to = d.went_to
         AND coalesce(map_day(map), d.day) >= p.since AND coalesce(map_day(map), d.day) < p.until
    GROUP BY 1, 2, 3, 4, 5, 6, 7
    HAVING sum(d.value) <> 0;
END;
COMMENT ON FUNCTION sums_by_place IS
    'Sum measures by place and day on the map `was` (the units of the event''s day), `now`, or a date. What has no '
    'commune has `unresolved` with the reason, and the district or province that is known, so that the lines of a '
    'measure have the same sum on every map. Villages resolve a split where the registers say where they went.';

DROP FUNCTION totals_by_place(text);
CREATE FUNCTION totals_by_place(map text) RETURNS TABLE (
    commune text, district text, province text, unresolved text, measure text, kind text, value numeric, units bigint)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH recounted AS MATERIALIZED ( -- of one moment with what villages resolve of it
        SELECT c.* FROM ledger_counters_at((SELECT resolved_units()), NULL) c
    ), moved AS MATERIALIZED (
        SELECT v.* FROM village_counters(map_day(map)) v JOIN recounted USING (unit, measure, kind)
    ), parts (unit, went_to, measure, kind, value) AS (
        SELECT unit, '', measure, kind, value FROM unit_totals WHERE unit NOT IN (SELECT v.unit FROM village_successors v)
        UNION ALL
        SELECT unit, '', measure, kind, value FROM recounted
        UNION ALL
        SELECT unit, '', measure, kind, -value FROM moved
        UNION ALL
        SELECT unit, went_to, measure, kind, value FROM moved
    )
    SELECT r.commune, r.district, r.province, CASE WHEN r.unit IS NULL THEN 'unknown-unit' ELSE r.unresolved END,
           t.measure, t.kind, sum(t.value), count(DISTINCT t.unit)
    FROM parts t
    LEFT JOIN units u ON u.id = t.unit
    LEFT JOIN unit_places r ON r.unit = t.unit AND r.went_to = t.went_to
         AND coalesce(map_day(map), u.valid_from, '-infinity') >= r.since
         AND coalesce(map_day(map), u.valid_from, '-infinity') < r.until
    GROUP BY 1, 2, 3, 4, 5, 6
    HAVING sum(t.value) <> 0;
END;
COMMENT ON FUNCTION totals_by_place IS
    'All counters by place on the map `was` (where the subject was registered), `now`, or a date: live ones, and of '
    'split communes of which villages went to known successors what the ledger counts. A household is registered under '
    'one unit for life, and goes to one successor, so distinct counts add up also where communes merged or split.';
