"""Intake without end: sources fetched, followed and dropped on a schedule, and who answers when one falls silent."""
