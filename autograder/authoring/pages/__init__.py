"""The solved course as pages to read without installing anything, and notebooks that install it where they run."""
