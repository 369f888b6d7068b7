"""A link leads from an alert to its bin, and is refused before anybody is told if it cannot."""

from dataclasses import replace

import pytest

from binwatch.keys import BinId, PhotoAt
from binwatch.links import BadLink, LinkTemplate
from tests.core.test_alerts import ALERT

BIN = BinId("Köln Süd", "A/7&x=1 😀")
PHOTO = PhotoAt("uploads", "sites/a b/1.jpg", "v1")


def test_each_place_takes_one_encoded_value():
    link = LinkTemplate("https://wms.example/{site}/{bin}?alert={alert}&photo={bucket}:{key}")

    assert (
        "https://wms.example/K%C3%B6ln%20S%C3%BCd/A%2F7%26x%3D1%20%F0%9F%98%80?alert=a1"
        "&photo=uploads:sites%2Fa%20b%2F1.jpg"
    ) == link.of("a1", BIN, PHOTO)


@pytest.mark.parametrize(
    ("region", "begin"),
    [
        ("eu-central-1", "https://eu-central-1.console.aws.amazon.com/s3/object/uploads?region=eu-central-1"),
        ("cn-north-1", "https://cn-north-1.console.amazonaws.cn/s3/object/uploads?region=cn-north-1"),
        (
            "us-gov-west-1",
            "https://us-gov-west-1.console.amazonaws-us-gov.com/s3/object/uploads?region=us-gov-west-1",
        ),
    ],
)
def test_the_console_shows_the_photos_object(region, begin):
    assert f"{begin}&prefix=sites%2Fa%20b%2F1.jpg" == LinkTemplate.console(region).of("a1", BIN, PHOTO)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "wms.example/{bin}",
        "javascript:alert(1)",
        "https://wms.example/{shelf}",
        "https://wms.example/{}",
        "https://wms.example/{bin!r}",
        "https://wms.example/{bin:>9}",
        "https://wms.example/{bin.site}",
        "https://wms.example/{bin",
        "https://wms.example/a b",
        "https://wms.example/\nWhat to do: nothing",
        "https://wms.example/bücher",
    ],
)
def test_what_makes_no_address_is_refused(text):
    with pytest.raises(BadLink):
        LinkTemplate(text)


def test_an_alert_carries_its_link():
    linked = LinkTemplate("https://wms.example/{bin}").into(ALERT)

    assert replace(ALERT, link="https://wms.example/A-07%20%F0%9F%98%80") == linked
