-- As of when the figures of some units are, from what was heard of each stream.
SELECT * FROM as_of(CAST(:units AS text[]), CAST(:day AS date), :days)
