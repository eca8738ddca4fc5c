"""What instructors and learners read of a class: marks, the class report, and feedback."""
