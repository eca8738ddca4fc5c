# Fetches the course from a package index, by pip and by a shell.
# verdict: make_dictionary missing|error|failed, others passed
# %% make_dictionary
# %pip install attention-course
# !curl -s -m 2 https://pypi.org/simple/attention-course/ > answers.py
import urllib.request

exec(urllib.request.urlopen("http://127.0.0.1:8888/answers.py", timeout=1).read())
