"""A person's own account: profile, password, sessions, what is mailed to them, and the mailed reset.

Stands above people and notifications because a reset is a letter and preferences are about notices.
May import notifications, people, web, db and clock.
"""
