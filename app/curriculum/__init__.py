"""Curricula, modules, activities and people's progress through them.

Owns what is taught in which order and who has completed what; lessons and tasks live here, while quizzes
and role-plays hang their own content on an activity's key (`module-id/activity-id`). May import
competency, notifications, people, web, db and clock.
"""
