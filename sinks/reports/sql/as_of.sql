-- As of when the figures of some units are, and the day that stands for "now".
SELECT a.*, today() AS today FROM as_of(CAST(:units AS text[]), coalesce(CAST(:day AS date), today()), :days) AS a
