"""A plot of what is read wrongly against what reading costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl

mpl.use("svg")
import matplotlib.pyplot as plt

if TYPE_CHECKING:
    from pathlib import Path

_PANELS = (("drawn", "drawn pages"), ("human", "public pages, typed truth"))


def draw(result: dict[str, Any], path: Path) -> None:
    """Write CER against CPU seconds a page, an engine a point, as SVG."""
    mpl.rcParams["svg.hashsalt"] = "docparser"
    panels = [(key, title) for key, title in _PANELS if key in next(iter(result.values()))]
    figure, axes = plt.subplots(1, len(panels), figsize=(5 * len(panels), 3.6), squeeze=False)
    for axis, (key, title) in zip(axes[0], panels, strict=True):
        for name, row in result.items():
            cost, error = row[key]["cpu_s_a_page"], 100 * row[key]["cer"]
            axis.scatter(cost, error, s=42)
            axis.annotate(
                name, (cost, error), xytext=(6, 5), textcoords="offset points", fontsize=8
            )
        axis.set_title(title, fontsize=10)
        axis.set_xlabel("CPU seconds a page")
        axis.set_ylabel("wrong characters, %")
        axis.set_yscale("log")
        axis.set_xlim(left=0)
        axis.margins(x=0.25, y=0.2)
        axis.grid(alpha=0.3, which="both")
    figure.tight_layout()
    figure.savefig(path, format="svg", metadata={"Date": None})
    plt.close(figure)
