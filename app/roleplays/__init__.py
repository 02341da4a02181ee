"""Scenarios, rubrics, observations and calibration."""
