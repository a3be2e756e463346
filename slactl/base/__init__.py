"""What every room may use: exact numbers, durations, money, interval sets, diagnostics."""
