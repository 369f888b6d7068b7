"""Photos for a page: small, and inside it."""

import base64
import io

from PIL import Image

from bincount.photos import Pixels

WIDTH, HEIGHT = 219, 150  # the median photo's proportions: what was squashed is stretched again


def thumbnail(pixels: Pixels) -> str:
    """A data URL of a small JPEG."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(buffer, "JPEG", quality=78)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()
