"""Makes the course's corpus: `python -m lessons.corpus_generator.grammar DIR`. No lesson needs it, nor grading."""
