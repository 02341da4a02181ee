"""Notices to people: an inbox in the product and an outbox for e-mail.

Higher domains call `service.enqueue` inside their own transaction, so a notice exists exactly when what
it tells of does; a job delivers the outbox afterwards. May import people, web, db, clock and jobs.
"""
