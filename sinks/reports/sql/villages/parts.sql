-- Which parts of some units the registers name: a successor to which a village went.
SELECT DISTINCT unit, went_to FROM village_successors WHERE unit = ANY (CAST(:units AS text[])) ORDER BY 1, 2
