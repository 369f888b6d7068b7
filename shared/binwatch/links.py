"""Links: the address that leads a person from an alert to its bin or photo, as a template."""

from dataclasses import dataclass, replace
from string import Formatter
from urllib.parse import quote

from binwatch.alerts import Alert
from binwatch.keys import BinId, PhotoAt

PLACES = ("alert", "site", "bin", "bucket", "key")
NO_LINK = "none"
_CONSOLES = {"cn-": "console.amazonaws.cn", "us-gov-": "console.amazonaws-us-gov.com"}


class BadLink(ValueError):
    """A template that makes no address."""


@dataclass(frozen=True, slots=True)
class LinkTemplate:
    """An address with places for what an alert is about: `https://wms.example/bins/{site}/{bin}`.

    Args:
        text: the address. Places are those of `PLACES`; what they take is percent-encoded whole, slashes too.

    Raises:
        BadLink: it is no http address, or has a place that nobody fills.
    """

    text: str

    def __post_init__(self) -> None:
        odd = any(not " " < each < "\x7f" for each in self.text)
        if odd or not self.text.startswith(("https://", "http://")):
            raise BadLink(f"{self.text!r} is no address: it begins with https:// and is ASCII without spaces")
        try:
            places = [each[1:] for each in Formatter().parse(self.text) if each[1] is not None]
        except ValueError as error:
            raise BadLink(f"{self.text!r} is no template: {error}") from error
        for name, format_, conversion in places:
            if name not in PLACES or format_ or conversion:
                raise BadLink(f"{self.text!r} has a place {{{name}}}; there are {', '.join(PLACES)}")

    @classmethod
    def console(cls, region: str) -> "LinkTemplate":
        """The page of the photo's object in the S3 console of an AWS region."""
        domain = next(
            (name for begin, name in _CONSOLES.items() if region.startswith(begin)), "console.aws.amazon.com"
        )
        return cls(f"https://{region}.{domain}/s3/object/{{bucket}}?region={region}&prefix={{key}}")

    def of(self, alert_id: str, bin_: BinId, photo: PhotoAt) -> str:
        """The address for one alert."""
        values = {
            "alert": alert_id,
            "site": bin_.site,
            "bin": bin_.bin,
            "bucket": photo.bucket,
            "key": photo.key,
        }
        return self.text.format_map({name: quote(value, safe="") for name, value in values.items()})

    def into(self, alert: Alert) -> Alert:
        """An alert with its link."""
        return replace(alert, link=self.of(alert.id, BinId(alert.site, alert.bin), alert.photo))
