# Descriptors, pipes and sockets for ever.
# verdict: make_dictionary error|failed|crashed, others passed
# %% make_dictionary
import os
import socket


def make_dictionary(examples):
    kept = []
    while True:
        kept.append((os.pipe(), socket.socketpair()))
