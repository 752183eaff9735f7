-- The streams that have events which steps do not follow yet, unit by unit, and how many such events come before theirs.
WITH late AS MATERIALIZED (
    SELECT h.stream, h.events - coalesce(f.events, 0) AS news
    FROM heard h LEFT JOIN followed f ON f.stream = h.stream
    WHERE (h.events, h.highest) IS DISTINCT FROM (f.events, f.highest)
)
INSERT INTO behind (stream, before)
SELECT s.id, sum(l.news) OVER (ORDER BY s.unit, s.id) - l.news
FROM late l JOIN streams s ON s.id = l.stream
