"""Calendar, availability, shadowing and rotations; the planner and its checker are pure."""
