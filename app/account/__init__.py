"""A person's own account: profile, password, sessions, what is mailed to them, and the mailed reset.

Stands above people and notifications because a reset is a letter, preferences are about notices, and another
e-mail is told to the former address. May import notifications, people, web, db and clock.
"""
