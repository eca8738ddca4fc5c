"""`check`, `hint` and `progress` for a notebook in Korean: its setup cell imports them from here."""

from autograder import check as check
from autograder import hint as hint
from autograder import languages
from autograder import progress as progress

languages.speak("ko")
