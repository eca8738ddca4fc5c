# Loops for ever with every signal ignored, its alarm clock used up, and a tracer that raises.
# verdict: make_dictionary timeout, others passed
# %% make_dictionary
import signal
import sys


def make_dictionary(examples):
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
    sys.settrace(lambda *data: None)
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
