"""A seeded season of both programmes, and the naive oracle that knows what must come out of it."""
