"""Where a vault lies, how it is opened, and every store beside the ledger."""
