"""What learners have: checks in the notebook and in the terminal, their copies of the lessons, their progress."""
