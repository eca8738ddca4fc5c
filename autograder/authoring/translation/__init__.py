"""The course in other languages: catalogues of texts, and lessons whose texts are replaced."""
