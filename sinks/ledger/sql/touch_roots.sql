INSERT INTO touched
SELECT root_stream, root_seq FROM fresh WHERE root_seq IS NOT NULL
UNION
SELECT f.stream, f.seq FROM fresh f JOIN registers r ON r.root_stream = f.stream AND r.root_seq = f.seq
