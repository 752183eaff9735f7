-- Per session: what a batch brings, and what it moves. All of it is empty again after a commit.
CREATE TEMPORARY TABLE staged (
    topic text, partition smallint, log_offset bigint, unit text, source text, seq integer, id uuid,
    type text, part text, subject text, instant bigint, received bigint, data jsonb,
    root_source text, root_seq integer, revision integer, carried_instant bigint, new_instant bigint
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE fresh (
    unit text, stream integer, seq integer, type text, part text, subject text, instant bigint, data jsonb,
    root_stream integer, root_seq integer, revision integer, received bigint
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE touched (root_stream integer, root_seq integer) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE moved (
    unit text, sign integer, type text, subject text, instant bigint, data jsonb, root_stream integer, root_seq integer
) ON COMMIT DELETE ROWS;
-- What the registers of the touched roots do to the figures, beside what their originals do.
CREATE TEMPORARY VIEW effects AS
SELECT s.unit, -1 AS sign, w.type, w.data #>> '{original,subject}' AS subject, w.carried_instant AS instant,
       w.data #> '{original,data}' AS data, t.root_stream, t.root_seq
FROM touched t
JOIN registers r ON r.root_stream = t.root_stream AND r.root_seq = t.root_seq
JOIN events w ON w.stream = r.stream AND w.seq = r.seq
JOIN streams s ON s.id = r.root_stream
WHERE r.root_part = 'original'
UNION ALL
SELECT s.unit, +1, w.type, w.data #>> '{new,subject}', w.new_instant, w.data #> '{new,data}', t.root_stream, t.root_seq
FROM touched t
JOIN registers r ON r.root_stream = t.root_stream AND r.root_seq = t.root_seq
JOIN events w ON w.stream = r.stream AND w.seq = r.seq
JOIN streams s ON s.id = r.root_stream
WHERE w.part = 'corrected' AND (r.root_part IS NULL OR r.root_part IN ('original', 'withdrawn'));
-- Every join of a batch goes from its few rows to an index. The planner knows nothing of temporary tables and would
-- now and then read a table of ten million events to save a hundred look-ups.
SET enable_hashjoin = off;
SET enable_mergejoin = off;
