"""What can run the stages; an engine knows no other."""
