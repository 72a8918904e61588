"""What telemetry keeps: the spool, the ledger, the days."""
