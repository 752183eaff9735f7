"""The gateway: what tablets send is checked and put on Kafka, and tablets are told what became of it."""
