"""Why a hit is a hit, side by side: `text` for a terminal, `fragment` for a page, `words` in both languages."""
