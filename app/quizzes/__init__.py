"""Question bank, attempts, marking, statistics and question formats."""
