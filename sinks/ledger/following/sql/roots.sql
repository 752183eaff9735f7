INSERT INTO subject_roots (subject, root_stream, root_seq)
SELECT DISTINCT n.subject, n.root_stream, n.root_seq
FROM news n JOIN kept_families k ON k.type = n.type
ORDER BY 1, 2, 3
ON CONFLICT DO NOTHING
