"""What each exercise must do: one module a lesson, on the frame that `check.py`, `trial.py` and `compare.py` give."""
