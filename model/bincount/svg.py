"""Plots as SVG that stands in a page: read on light and on dark, since the page gives it ink and fonts."""

import io
import re
from typing import Any

from matplotlib.figure import Figure

INK = "#010203"  # a colour that no plot uses otherwise: the page's own takes its place
STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "bincount",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    **dict.fromkeys(("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), INK),
}


def svg(figure: Figure) -> str:
    """The figure as an element of a page: no prologue, no size of its own, the page's ink and its fonts."""
    buffer = io.StringIO()
    metadata: dict[str, Any] = {"Date": None, "Creator": None}
    figure.savefig(buffer, format="svg", transparent=True, metadata=metadata)
    whole = buffer.getvalue()
    whole = whole[whole.index("<svg") :].replace(INK, "currentColor")
    whole = re.sub(r"<metadata>.*?</metadata>", "", whole, count=1, flags=re.DOTALL)
    whole = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", whole, count=1)
    whole = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", whole, count=1)
    return re.sub(r"font: (\S+) [^;\"]*", r"font-size: \1; font-family: inherit", whole)
