# The same with the very paths of this run, which a learner who knows the machine could write down.
# verdict: make_dictionary error|missing, others passed
# %% make_dictionary
import os

for path in (r"{gradebook}", r"{journal}", r"{key}", r"{solution}", r"{recorded}", r"{classmate}"):
    if os.path.exists(path):
        print("GOT", path)
        raise SystemExit("GOT " + path)
raise ValueError("nothing there")
