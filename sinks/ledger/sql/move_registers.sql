-- The highest (revision number, instant, source, seq) wins; only the last winner and the batch's own can be that.
INSERT INTO registers (root_stream, root_seq, stream, seq, root_part)
SELECT DISTINCT ON (c.root_stream, c.root_seq) c.root_stream, c.root_seq, w.stream, w.seq, root.part
FROM (
    SELECT root_stream, root_seq, stream, seq FROM fresh WHERE root_seq IS NOT NULL
    UNION ALL
    SELECT r.root_stream, r.root_seq, r.stream, r.seq FROM registers r JOIN touched t USING (root_stream, root_seq)
) AS c
JOIN events w ON w.stream = c.stream AND w.seq = c.seq
JOIN streams s ON s.id = w.stream
LEFT JOIN events root ON root.stream = c.root_stream AND root.seq = c.root_seq
ORDER BY c.root_stream, c.root_seq, w.revision DESC, w.instant DESC, s.source COLLATE "C" DESC, w.seq DESC
ON CONFLICT (root_stream, root_seq) DO UPDATE
SET stream = excluded.stream, seq = excluded.seq, root_part = excluded.root_part
