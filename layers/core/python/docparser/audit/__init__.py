"""The audit trail: anchored day by day, exported, and verified."""
