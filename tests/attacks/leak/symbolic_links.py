# Links in its own folder to what lies outside, and names with dots in them.
# verdict: make_dictionary failed|error, others passed
# %% make_dictionary
import os


def make_dictionary(examples):
    found = {}
    for target in ("/etc/shadow", "/root", "/proc/1/root/etc/passwd", "/proc/self/cwd", "../../../../etc/passwd"):
        link = "link" + str(len(found))
        try:
            os.symlink(target, link)
            found["GOT " + target] = open(link).read(10)
        except OSError as error:
            found[target] = str(error.errno)
    return found
