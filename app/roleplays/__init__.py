"""Scenarios, rubrics, observations, reconciliation, and sign-offs of work done under supervision.

Owns role-plays with their versions, the rounds in which assessors score them, and requests to sign off a
module's task. Imports curriculum (activities, progress), competency (levels, evidence), notifications and
people, because a settled round becomes evidence, progress and a notice in one transaction.
"""
