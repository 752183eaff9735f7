INSERT INTO moved SELECT unit, sign, type, subject, instant, data, root_stream, root_seq FROM effects
