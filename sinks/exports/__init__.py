"""Daily files of the ledger's figures, for those who cannot read Kafka."""
