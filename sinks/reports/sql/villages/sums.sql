-- Sum measures by term, part of a unit, and stretch of the calendar. What counts as nothing in the unit is nothing here.
SELECT term, unit, part, sum(value)::bigint AS value
FROM (
    SELECT t.term, v.unit || ' ' || v.went_to AS unit, width_bucket(v.day, CAST(:turns AS date[])) AS part, v.value
    FROM unnest(CAST(:terms AS integer[]), CAST(:measures AS text[]), CAST(:kinds AS text[])) AS t (term, measure, kind)
    JOIN village_sums(CAST(:units AS text[]), CAST(:map_day AS date), :before) AS v USING (measure, kind)
    JOIN (
        SELECT unit, measure, kind
        FROM per_day
        WHERE unit = ANY (CAST(:units AS text[])) AND day BETWEEN :first AND :last
        GROUP BY 1, 2, 3
        HAVING sum(value) > 0
    ) AS counts USING (unit, measure, kind)
    WHERE v.day BETWEEN :first AND :last
) AS counted
GROUP BY 1, 2, 3
