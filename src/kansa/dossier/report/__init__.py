"""The report for people: one HTML file without network, Japanese and English, every picture with its table."""
