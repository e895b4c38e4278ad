"""Rule packs read from files, strictly, with the line of every fault."""
