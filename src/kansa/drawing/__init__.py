"""Draw SVG: figures, axis, bars, charts; pure functions of values."""
