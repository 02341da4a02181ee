"""The three home pages: what an employee, a manager and HR see first. Reads of every domain, no tables."""
