"""Reports: a programme's figures from the ledger, against its targets, drawn for people and for programs."""
