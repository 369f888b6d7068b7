"""bincount: makes, evaluates and serves the counter that reads P(count) from the photo of a bin."""

import os

# Set before its import: ONNX Runtime writes a device id into the home folder and reports to its maker.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
