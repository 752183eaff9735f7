"""What offices do: the map of places, registers, the close of periods; each is a record on a topic of its own."""
