# Memory as files: /dev/shm, /tmp, memfd.
# verdict: make_dictionary error|crashed|timeout|failed, others passed
# %% make_dictionary
import os


def make_dictionary(examples):
    errors = {}
    for name in ("/tmp/a", "/dev/shm/b"):
        try:
            with open(name, "wb") as file:
                while True:
                    file.write(bytes(2**20))
        except OSError as error:
            errors[name] = str(error.errno)
    try:
        descriptor = os.memfd_create("x")
        while True:
            os.write(descriptor, bytes(2**24))
    except OSError as error:
        return errors | {"memfd": str(error.errno)}
