"""Governance: levels that people change, legal holds, retention and erasure."""
