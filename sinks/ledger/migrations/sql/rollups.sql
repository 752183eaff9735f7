-- The three roll-ups: "as it was" (the units of the event's day), "as it is now", "as of a date". Which place a unit has
-- on which day stands in unit_places; nothing here decides it.

CREATE FUNCTION today() RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (now() AT TIME ZONE 'UTC' + interval '7 hours')::date;
COMMENT ON FUNCTION today IS 'The date at +07:00.';

CREATE FUNCTION map_day(map text) RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE map WHEN 'was' THEN NULL WHEN 'now' THEN today() ELSE map::date END;
COMMENT ON FUNCTION map_day IS 'The day whose map is meant by `now` or a date; null for `was`, whose day is each event''s.';

CREATE VIEW rollups AS
SELECT p.unit, 'was' AS map, p.commune, p.district, p.province, p.unresolved
FROM unit_places p JOIN units u ON u.id = p.unit
WHERE p.went_to = '' AND coalesce(u.valid_from, '-infinity') >= p.since AND coalesce(u.valid_from, '-infinity') < p.until
UNION ALL
SELECT p.unit, 'now', p.commune, p.district, p.province, p.unresolved
FROM unit_places p
WHERE p.went_to = '' AND today() >= p.since AND today() < p.until
UNION ALL
SELECT p.unit, m.map, p.commune, p.district, p.province, p.unresolved
FROM asked_maps m JOIN unit_places p ON m.day >= p.since AND m.day < p.until
WHERE p.went_to = '';
COMMENT ON VIEW rollups IS
    'One line per unit and map: `was` is the place under which its subjects were registered, `now` today''s, and a date '
    '(YYYY-MM-DD, once it was asked for: asked_maps) that day''s. For figures that follow a subject''s registration '
    '(distinct, latest, reach). Sums by day follow the event''s day instead: sums_by_place.';

CREATE FUNCTION sums_by_place(map text) RETURNS TABLE (
    commune text, district text, province text, unresolved text, day date, measure text, kind text, value numeric)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT p.commune, p.district, p.province, CASE WHEN p.unit IS NULL THEN 'unknown-unit' ELSE p.unresolved END,
           d.day, d.measure, d.kind, sum(d.value)
    FROM per_day d
    LEFT JOIN unit_places p ON p.unit = d.unit AND p.went_to = ''
         AND coalesce(map_day(map), d.day) >= p.since AND coalesce(map_day(map), d.day) < p.until
    GROUP BY 1, 2, 3, 4, 5, 6, 7;
END;
COMMENT ON FUNCTION sums_by_place IS
    'Sum measures by place and day on the map `was` (the units of the event''s day), `now`, or a date. What has no '
    'commune has `unresolved` with the reason, and the district or province that is known, so that the lines of a '
    'measure have the same sum on every map.';

CREATE FUNCTION totals_by_place(map text) RETURNS TABLE (
    commune text, district text, province text, unresolved text, measure text, kind text, value numeric, units bigint)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT r.commune, r.district, r.province, CASE WHEN r.unit IS NULL THEN 'unknown-unit' ELSE r.unresolved END,
           t.measure, t.kind, sum(t.value), count(*)
    FROM unit_totals t
    LEFT JOIN units u ON u.id = t.unit
    LEFT JOIN unit_places r ON r.unit = t.unit AND r.went_to = ''
         AND coalesce(map_day(map), u.valid_from, '-infinity') >= r.since
         AND coalesce(map_day(map), u.valid_from, '-infinity') < r.until
    GROUP BY 1, 2, 3, 4, 5, 6;
END;
COMMENT ON FUNCTION totals_by_place IS
    'All live counters by place on the map `was` (where the subject was registered), `now`, or a date. A household is '
    'registered under one unit for life, so distinct counts add up also where communes merged.';
