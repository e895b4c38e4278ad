"""Table formats: each turns a file into rows of named cells, one module a format."""
