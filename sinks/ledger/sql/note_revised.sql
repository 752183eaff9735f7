-- For what follows the events: only here both the old and the new effect of a revision are known.
INSERT INTO revised (unit, type, subject, instant, data, root_stream, root_seq)
SELECT unit, type, subject, instant, data, root_stream, root_seq FROM moved
