-- Union measures by term and group of members: units, their parts, and what is left of a unit that has parts. A round
-- was where its sessions were, and who was trained counts where that was; whoever is in several members counts once.
WITH terms AS (
    SELECT *
    FROM unnest(CAST(:terms AS integer[]), CAST(:measures AS text[]), CAST(:kinds AS text[])) AS t (term, measure, kind)
), members AS (
    SELECT * FROM unnest(CAST(:places AS text[]), CAST(:members AS text[])) AS g (place, member)
), present (term, member, subject) AS (
    SELECT t.term, p.unit, p.subject
    FROM terms t
    JOIN presence p ON p.measure = t.measure AND p.kind = t.kind
    WHERE p.unit = ANY (CAST(:members AS text[])) AND p.unit <> ALL (CAST(:units AS text[]))
      AND p.day BETWEEN :first AND :last
    GROUP BY 1, 2, 3
    HAVING sum(p.standing) > 0
    UNION ALL
    SELECT t.term, coalesce(h.part, f.unit), present(r.measure, r.whom_field, f.subject, f.data)
    FROM facts_at(CAST(:units AS text[]), NULL) AS f
    JOIN presence_rules r ON r.type = f.type
    JOIN terms t ON t.measure = r.measure AND t.kind = coalesce(f.data ->> r.kind_field, '')
    LEFT JOIN homes h ON h.unit = f.unit AND h.subject = f.subject
    WHERE day_of(f.instant) BETWEEN :first AND :last
    GROUP BY 1, 2, 3
    HAVING sum(f.sign) > 0
)
SELECT m.place, p.term, count(DISTINCT p.subject) AS value
FROM members m JOIN present p USING (member)
GROUP BY 1, 2
