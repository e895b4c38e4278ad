"""What pages show, in the reader's language: values, pictures and rows; nothing here knows HTTP."""
