SELECT FROM registers r JOIN touched t USING (root_stream, root_seq)
ORDER BY root_stream, root_seq
FOR UPDATE OF r
