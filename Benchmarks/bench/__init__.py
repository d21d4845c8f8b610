"""Measures a release build of Atrium; `Benchmarks/run` is the way in."""


class Failure(Exception):
    """A measurement that cannot be trusted, with what to tell whoever ran it."""
