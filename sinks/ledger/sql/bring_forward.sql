INSERT INTO moved SELECT unit, sign, type, subject, instant, data FROM effects
