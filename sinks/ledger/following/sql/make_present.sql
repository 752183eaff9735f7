-- A subject of presence counts on each of its days, unless the one before it is asked for too. That does not hold of one
-- that has several kinds, stands below zero on a day, or is in several units where it must count once over them.
INSERT INTO made (family, subject, unit, regular, steps)
WITH days AS MATERIALIZED (
    SELECT t.family, t.subject, t.unit, p.kind, p.day, p.standing
    FROM touched t
    CROSS JOIN LATERAL (
        SELECT '' AS kind WHERE t.family NOT IN ('household', 'session', 'point')
        UNION ALL
        SELECT k.kind FROM kinds k WHERE k.measure = t.family
    ) AS k
    CROSS JOIN LATERAL (
        SELECT * FROM presence
        WHERE unit = t.unit AND measure = t.family AND kind = k.kind AND subject = t.subject AND standing <> 0
        OFFSET 0
    ) AS p
), ordered AS (
    SELECT *, lag(day) OVER (PARTITION BY family, subject, unit ORDER BY day) AS previous,
           family IN (SELECT r.measure FROM presence_rules r WHERE r.whom_field IS NOT NULL)
           AND min(unit) OVER whole <> max(unit) OVER whole AS shared
    FROM days
    WINDOW whole AS (PARTITION BY family, subject)
), judged AS (
    SELECT family, subject, unit, bool_and(standing > 0) AND min(kind) = max(kind) AND NOT bool_or(shared) AS regular,
           jsonb_agg(jsonb_build_array(family, kind, previous, day, 1)) AS steps
    FROM ordered
    GROUP BY 1, 2, 3
)
SELECT family, subject, unit, regular, CASE WHEN regular THEN steps ELSE '[]' END FROM judged
