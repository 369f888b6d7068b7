"""Photos made in memory, a counter that needs no weights, and a way to ask an ASGI application."""

import asyncio
import io
import struct
import zlib

import httpx
import numpy as np
from PIL import Image

from binwatch.prediction import Model

MODEL = Model("fake", "1", (0.25, 0.25, 0.25, 0.25))


def a_photo(count=0, format="JPEG", size=(64, 48), mode="RGB", **options):
    """A photo in one colour, which FakePredictor reads as a count of 0 to 3."""
    image = Image.new("RGB", size, (count * 60 + 10, 0, 0)).convert(mode)
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def a_real_looking_photo(size=(320, 240)):
    """A photo with enough in it that half of its bytes are not all of it."""
    noise = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noise).save(buffer, "JPEG")
    return buffer.getvalue()


def an_exif(*fields, orientation=1):
    """EXIF of an orientation and fields that need not make sense: (tag, type, count, value or its place)."""
    entries = [(0x0112, 3, 1, orientation << 16), *fields]
    rows = b"".join(struct.pack(">HHII", *entry) for entry in sorted(entries))
    end = struct.pack(">I", 0)
    return b"Exif\x00\x00MM\x00\x2a" + struct.pack(">IH", 8, len(entries)) + rows + end + bytes(16)


def a_bomb(width=10_000, height=10_000):
    """A PNG of 100 million pixels in a few hundred kilobytes."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes((width + 1) * height), 1)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def _chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


class FakePredictor:
    """Reads the count off the first pixel's red; remembers the size of every batch."""

    model = MODEL

    def __init__(self):
        self.batches = []

    def predict(self, photos):
        self.batches.append(len(photos))
        counts = photos[:, 0, 0, 0] // 60
        return (0.6 * np.eye(4)[counts] + 0.1).astype(np.float32)


class BrokenPredictor(FakePredictor):
    """A counter whose engine fails."""

    def predict(self, photos):
        raise RuntimeError("the engine failed")


def ask(app, *requests):
    """Send requests to an application at the same time; the answers in order."""

    async def send():
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport) as client:
            return await asyncio.gather(*(client.send(request) for request in requests))

    return asyncio.run(send())


def post(body, content_type="image/jpeg", path="/invocations"):
    return httpx.Request(
        "POST", f"http://endpoint{path}", content=body, headers={"content-type": content_type}
    )


def post_many(*photos, path="/invocations"):
    files = [("photos", (f"{number}.jpg", photo, "image/jpeg")) for number, photo in enumerate(photos)]
    return httpx.Request("POST", f"http://endpoint{path}", files=files)
