-- The streams that have events which steps do not follow yet, unit by unit, and how many such events come before theirs.
INSERT INTO behind (stream, before)
SELECT stream, sum(news) OVER (ORDER BY unit, stream) - news
FROM (
    SELECT s.unit, h.stream, h.events - coalesce(f.events, 0) AS news
    FROM heard h JOIN streams s ON s.id = h.stream LEFT JOIN followed f ON f.stream = h.stream
    WHERE (h.events, h.highest) IS DISTINCT FROM (f.events, f.highest)
) AS late
