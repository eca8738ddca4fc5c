"""Makes the course's corpus: `python -m lessons.corpus_generator DIR`. No lesson needs it, nor grading."""
