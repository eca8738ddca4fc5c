# A reply that is small as bytes and large in memory: millions of empty lists.
# verdict: encode_words failed|error|crashed, build_vocabulary failed|error|crashed, others passed
# %%
import os
import socket
import stat
import struct


def send(data):
    for number in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                socket.socket(fileno=os.dup(number)).sendall(struct.pack("!I", len(data)) + data)
        except OSError:
            pass


# %% build_vocabulary
def build_vocabulary(sentences, minimum_count=1):
    send(b"\x81\xa5value\xdd" + struct.pack("!I", 2**22 - 100) + b"\x90" * (2**22 - 100))


# %% encode_words
def encode_words(words, numbers):
    send(b"\x81\xa5value\xdd" + struct.pack("!I", 2**25 - 100) + b"\x80" * (2**25 - 100))
