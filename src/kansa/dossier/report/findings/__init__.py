"""From tables and an assessment to what the report shows. Pure; names come from a directory of disclosed values."""
