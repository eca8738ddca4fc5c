"""What makes the course: solution notebooks, releases and recorded cases from the sources, and the pages to read."""
