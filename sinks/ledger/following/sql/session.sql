-- Per session: which streams are left to be followed; and of some of them which subjects are looked at anew, and what
-- they count for now, which is all empty after a commit.
CREATE TEMPORARY TABLE IF NOT EXISTS behind (stream integer, before numeric);
CREATE INDEX IF NOT EXISTS behind_in_order ON behind (before);
CREATE TEMPORARY TABLE IF NOT EXISTS news (
    unit text, type text, subject text, instant bigint, data jsonb, root_stream integer, root_seq integer
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE IF NOT EXISTS touched (
    family text, subject text, unit text, PRIMARY KEY (family, subject, unit)
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE IF NOT EXISTS facts (
    unit text, subject text, root_source text, root_seq integer, sign integer, standing boolean, type text,
    instant bigint, data jsonb, id uuid
) ON COMMIT DELETE ROWS;
CREATE INDEX IF NOT EXISTS facts_by_subject ON facts (subject);
-- A subject counts `value` for a measure from a day until another (null: for good); `previous` as in `steps`.
CREATE TEMPORARY TABLE IF NOT EXISTS holding (
    family text, subject text, unit text, measure text, kind text, previous date, day date, until date, value bigint
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE IF NOT EXISTS made (
    family text, subject text, unit text, regular boolean, steps jsonb, PRIMARY KEY (family, subject, unit)
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE IF NOT EXISTS change (
    unit text, measure text, kind text, previous date, day date, value bigint
) ON COMMIT DELETE ROWS;
TRUNCATE news, touched, facts, holding, made, change
