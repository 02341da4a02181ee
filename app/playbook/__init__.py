"""The playbook: one-page guides per audience and the glossary that lessons link to.

May import curriculum, people, web, db and clock.
"""
