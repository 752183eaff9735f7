"""The ledger: every event once in Postgres, with per-day figures, presence and the newest totals."""
