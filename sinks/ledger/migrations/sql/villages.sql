-- A split commune's numbers are never guessed onto its successors. What was recorded with its village goes where the
-- registers say that the village went; the rest stays unresolved.

CREATE VIEW village_successors AS
SELECT DISTINCT ON (r.code) r.unit, r.code AS village, r.went_to
FROM register_entries r
WHERE r.kind = 'village' AND r.went_to IS NOT NULL
  AND EXISTS (SELECT FROM unit_places p WHERE p.unit = r.unit AND p.went_to = r.went_to)
ORDER BY r.code, r.valid_from DESC;
COMMENT ON VIEW village_successors IS 'To which successor of its split commune a village went, as last registered.';

CREATE VIEW village_sums AS
SELECT f.unit, v.went_to, day_of(f.instant) AS day, r.measure, coalesce(f.data ->> r.kind_field, '') AS kind,
       sum(f.sign * coalesce((f.data ->> r.amount_field)::bigint, 1))::bigint AS value
FROM facts_at((SELECT coalesce(array_agg(DISTINCT s.unit), '{}') FROM village_successors s), NULL) AS f
JOIN village_successors v ON v.unit = f.unit AND v.village = f.data ->> 'village'
JOIN sum_rules r ON r.type = f.type
GROUP BY 1, 2, 3, 4, 5;
COMMENT ON VIEW village_sums IS
    'Sum measures by day of what was recorded with a village of a split commune, by the successor that it went to.';

CREATE FUNCTION sums_by_place(map text) RETURNS TABLE (
    commune text, district text, province text, unresolved text, day date, measure text, kind text, value numeric)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH moved AS MATERIALIZED (
        SELECT * FROM village_sums
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
