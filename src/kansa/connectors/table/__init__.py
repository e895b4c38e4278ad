"""Tables that an operator maps: CSV, XLSX, Parquet, JSON Lines."""
