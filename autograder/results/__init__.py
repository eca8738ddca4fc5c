"""What grading has found, on disk: the journal, the table of grades, and what each verdict was made from."""
