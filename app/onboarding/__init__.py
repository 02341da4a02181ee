"""Onboarding programmes, enrolments, milestones and the risk of falling behind.

May import quizzes, roleplays, scheduling, curriculum, competency, notifications, people, web, db and clock.
"""
