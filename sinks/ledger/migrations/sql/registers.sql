-- Registers on a day, and the denominators that they give.

CREATE FUNCTION registered_on(day date) RETURNS SETOF register_entries
LANGUAGE sql STABLE PARALLEL SAFE ROWS 10000
BEGIN ATOMIC
    SELECT * FROM register_entries r WHERE r.valid_from <= day AND (r.valid_until IS NULL OR day < r.valid_until);
END;
COMMENT ON FUNCTION registered_on IS 'The households, points and villages that were registered on a day, as they were.';

CREATE FUNCTION denominators_on(day date) RETURNS TABLE (
    unit text, kind text, class text, eligible text, need boolean, entries bigint)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000
BEGIN ATOMIC
    SELECT r.unit, r.kind, r.class, r.eligible, r.need, count(*) FROM registered_on(day) r GROUP BY 1, 2, 3, 4, 5;
END;
COMMENT ON FUNCTION denominators_on IS
    'How many households, points and villages were registered on a day: what shares are measured against. Adds up.';

CREATE FUNCTION distinct_between(units text[], first date, last date) RETURNS TABLE (
    measure text, kind text, value bigint)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 100
BEGIN ATOMIC
    SELECT s.measure, s.kind, count(DISTINCT s.subject)
    FROM (
        SELECT p.unit, p.measure, p.kind, p.subject
        FROM presence p
        WHERE (units IS NULL OR p.unit = ANY (units))
          AND p.day BETWEEN coalesce(first, '-infinity') AND coalesce(last, 'infinity')
        GROUP BY 1, 2, 3, 4
        HAVING sum(p.standing) > 0
    ) AS s
    GROUP BY 1, 2;
END;
COMMENT ON FUNCTION distinct_between IS
    'Distinct and union measures over some units together (null: all) and the facts of some days (null: no limit): '
    'whoever is in several units, or has several facts, counts once. Results of two calls cannot be added up.';
