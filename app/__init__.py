"""Tandem: cross-training for teams that share customers."""
