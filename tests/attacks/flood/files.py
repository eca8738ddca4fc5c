# Fills the disk: one large file, sparse files, many small ones, long names, deep folders.
# verdict: others passed
# %%
import os

try:
    with open("/tmp/big", "wb") as file:
        while True:
            file.write(bytes(2**20))
except OSError:
    pass
try:
    os.truncate("/tmp/big", 2**60)
except OSError:
    pass
# %%
import os

for place in ("/tmp", "/dev/shm"):
    try:
        for number in range(10**5):
            open(f"{place}/{number}", "w").close()
    except OSError:
        pass
try:
    while True:
        os.mkdir("d")
        os.chdir("d")
except OSError:
    os.chdir("/")
