"""Rule packs for readers: pages, sentences, Cedar."""
