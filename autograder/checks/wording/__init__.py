"""What all checks may say: it decides on no verdict, and is hashed by nothing."""
