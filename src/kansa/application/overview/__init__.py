"""What people are shown of a vault: values computed once at a position of the log, and shared by every reader."""
