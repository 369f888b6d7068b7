"""What holds for all tests."""

from hypothesis import settings

# How long an example takes says more of the machine than of the code.
settings.register_profile("binwatch", deadline=None)
settings.load_profile("binwatch")


def pytest_collection_modifyitems(config, items):
    """Where several processes share the tests, those of a stack come first, for they take longest."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: item.get_closest_marker("stack") is None)
