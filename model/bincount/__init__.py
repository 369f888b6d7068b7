"""bincount: makes, evaluates and serves the counter that reads P(count) from the photo of a bin."""
