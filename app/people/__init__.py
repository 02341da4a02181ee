"""Accounts, the org chart, job roles, working hours, leave, sign-in and permissions."""
