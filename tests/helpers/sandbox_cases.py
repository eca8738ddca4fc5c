"""Attacks on the sandbox. A probe prints GOT when it reached what it was after; nothing may."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Outside:
    """What lies outside for probes to reach for; its fields fill the gaps of their sources."""

    port: int
    abstract: str
    unix: str
    secret: str
    folder: str
    shm: str
    key: int
    pid: int
    solution: str
    recorded: str


# Run outside the sandbox each of these prints GOT; run inside, none does.
REACHING = {
    "loopback": """
import socket
socket.create_connection(("127.0.0.1", {port}), timeout=2)
print("GOT")
""",
    "abstract socket": """
import socket
socket.socket(socket.AF_UNIX).connect("\\0{abstract}")
print("GOT")
""",
    "socket in a folder": """
import socket
socket.socket(socket.AF_UNIX).connect("{unix}")
print("GOT")
""",
    "another submission, the gradebook": 'print("GOT", open("{secret}").read())',
    "the solution": 'print("GOT", open("{solution}").read()[:10])',
    "recorded cases": 'print("GOT", open("{recorded}", "rb").read()[:10])',
    "the checks": 'import autograder.checks.lesson_01\nprint("GOT")',
    "the reference": 'import autograder.checks.reference\nprint("GOT")',
    "this lesson's own answer": 'import lessons.earlier.lesson_01\nprint("GOT")',
    "users": 'print("GOT", open("/etc/passwd").read()[:10])',
    "home": 'import os\nprint("GOT", os.listdir("{folder}"))',
    "write": 'open("{folder}/written", "w").write("x")\nprint("GOT")',
    "processes": 'import os\nprint("GOT", os.stat("/proc/{pid}"))',
    "own process": 'print("GOT", open("/proc/self/environ").read()[:10])',
    "signal": 'import os, signal\nos.kill({pid}, signal.SIGUSR1)\nprint("GOT")',
    "trace": """
import ctypes
kernel = ctypes.CDLL(None, use_errno=True)
assert kernel.ptrace(0x4206, {pid}, 0, 0) == 0  # PTRACE_SEIZE
print("GOT")
""",
    "shared memory": 'print("GOT", open("/dev/shm/{shm}").read())',
    "System V segment": """
import ctypes
assert ctypes.CDLL(None).shmget({key}, 64, 0) >= 0
print("GOT")
""",
    "namespace": "import ctypes\nassert ctypes.CDLL(None).unshare(0x00020000) == 0\nprint('GOT')",
    "environment": 'import os\nprint("GOT", os.environ["SECRET_OF_THE_GRADER"])',
    "netlink": "import socket\nsocket.socket(16, 3, 0)\nprint('GOT')",
}

# These would do harm outside, so they run inside only.
INSIDE = {
    "mount": """
import ctypes
kernel = ctypes.CDLL(None)
assert kernel.mount(b"tmpfs", b"/tmp", b"tmpfs", 0, None) == 0 or kernel.umount2(b"/proc", 2) == 0
print("GOT")
""",
    "remount": """
import ctypes
assert ctypes.CDLL(None).mount(b"none", b"/usr", b"", 4096 | 32, None) == 0
print("GOT")
""",
    "vsock": "import socket\nsocket.socket(40, socket.SOCK_STREAM).connect((2, 1024))\nprint('GOT')",
    "key ring": "import ctypes\nassert ctypes.CDLL(None).syscall(250, 0, -4, 1) > 0\nprint('GOT')",
    "become root": "import os\nos.setuid(0)\nprint('GOT')",
    "device": "import os\nos.mknod('/tmp/device', 0o060666, os.makedev(254, 0))\nprint('GOT')",
    "chroot": "import os\nos.chroot('/tmp')\nprint('GOT')",
    "unlimited": """
import resource
resource.setrlimit(resource.RLIMIT_NPROC, (-1, -1))
print("GOT")
""",
    "write somewhere": """
import os, sys
for folder in ("/", "/usr", "/course", "/course/lessons/toolkit", "/dev", "/etc", "/proc", sys.prefix, sys.base_prefix):
    try:
        open(folder + "/written", "w")
        print("GOT", folder)
    except OSError:
        pass
""",
    "suid": """
import subprocess
out = subprocess.run(["/usr/bin/su", "-c", "id -u"], capture_output=True, text=True).stdout
assert out.strip() == "0"
print("GOT")
""",
}

# What one submission leaves, and how the next looks for it.
LEAVING = {
    "a file in /tmp": ("open('/tmp/left', 'w').write('x')", "print('GOT', open('/tmp/left').read())"),
    "a file at home": ("open('left', 'w').write('x')", "print('GOT', open('/tmp/home/left').read())"),
    "a file in /dev/shm": ("open('/dev/shm/left', 'w').write('x')", "print('GOT', open('/dev/shm/left').read())"),
    "a shared memory object": (
        "import ctypes\nassert ctypes.CDLL(None).shm_open(b'/left', 0o102, 0o600) >= 0",
        "import ctypes\nassert ctypes.CDLL(None).shm_open(b'/left', 2, 0) >= 0\nprint('GOT')",
    ),
    "a patched torch": ("import torch\ntorch.left = 1", "import torch\nprint('GOT', torch.left)"),
    "a patched builtin": ("import builtins\nbuiltins.left = 1", "print('GOT', left)"),
    "a module": ("import sys\nsys.modules['left'] = sys", "import left\nprint('GOT')"),
    "an environment variable": ("import os\nos.environ['LEFT'] = 'x'", "import os\nprint('GOT', os.environ['LEFT'])"),
    "an input transformer": (
        "get_ipython().input_transformers_post.append(lambda lines: ['print(\"GOT\")\\n'])",
        "pass",
    ),
    "a name": ("left = 1", "print('GOT', left)"),
}

DAEMON = """
import os, subprocess, signal
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.execv("/usr/bin/sleep", ["sleep", "{seconds}"])
    os._exit(0)
"""

# Each may end as it likes, within its limits. The cell after it defines f, and f must be graded.
EXHAUSTING = {
    "memory": "kept = []\nwhile True:\n    kept.append(bytearray(2**24))",
    "memory in many processes": """
import os
for _ in range(16):
    if os.fork() == 0:
        kept = bytearray(2**27)
        while True:
            pass
while True:
    pass
""",
    "memfd": """
import os
kept = []
while True:
    kept.append(os.memfd_create("x"))
    os.write(kept[-1], bytes(2**24))
""",
    "processes": "import os\nwhile True:\n    os.fork()",
    "sleeping processes": "import os, time\nwhile True:\n    if os.fork() == 0:\n        time.sleep(1000)",
    "threads": """
import threading, time
for _ in range(1000):
    threading.Thread(target=time.sleep, args=(3,), daemon=True).start()
""",
    "a file": "with open('/tmp/big', 'wb') as file:\n    while True:\n        file.write(bytes(2**20))",
    "shared memory": "with open('/dev/shm/big', 'wb') as file:\n    while True:\n        file.write(bytes(2**20))",
    "many files": "for i in range(10**6):\n    open(f'/tmp/{i}', 'w').close()",
    "output": "for _ in range(100):\n    print('x' * 10**5)",
    "output below Python": "import os\nfor _ in range(100):\n    os.write(1, bytes(10**5))",
    "a spin": "while True:\n    pass",
    "a spin that hears no signal": """
import signal
for number in range(1, 32):
    if number not in (9, 17, 19):
        signal.signal(number, lambda *_: None)
while True:
    pass
""",
    "a spinning child": "import os\nif os.fork() == 0:\n    while True:\n        pass\nos.wait()",
    "recursion": "import sys\nsys.setrecursionlimit(10**9)\ndef g(): return g()\ng()",
    "descriptors": "import os\nwhile True:\n    os.dup(0)",
    "exit": "import os\nos._exit(0)",
    "sys.exit": "import sys\nsys.exit(0)",
    "kill everyone": "import os\nos.kill(-1, 9)",
    "kill the parent": "import os\nos.kill(os.getppid(), 9)\nos.kill(os.getpid(), 9)\nos.killpg(0, 9)",
    "segmentation fault": "import ctypes\nctypes.string_at(0)",
    "abort": "import os\nos.abort()",
    "forged reply": """
import os, struct
frame = b"\\x82\\xa5error\\xc0\\xa6output\\xa6forged"
for descriptor in range(3, 20):
    try:
        os.write(descriptor, struct.pack("!I", len(frame)) + frame)
    except OSError:
        pass
""",
    "closed descriptors": "import os\nos.closerange(0, 256)",
}

# f of an exercise, and what the grader must make of it: the names of exceptions, or of the type that came back.
ANSWERS = {
    "exits": ("Crashed", "def f(a):\n    import os\n    os._exit(0)"),
    "raises SystemExit": ("AnswerError", "def f(a):\n    raise SystemExit"),
    "raises KeyboardInterrupt": ("AnswerError", "def f(a):\n    raise KeyboardInterrupt"),
    "kills itself": ("Crashed", "def f(a):\n    import os\n    os.kill(os.getpid(), 9)"),
    "kills its group": ("Crashed", "def f(a):\n    import os\n    os.killpg(0, 9)"),
    "kills everyone else, of whom there is none": (
        "AnswerError",
        "def f(a):\n    import os\n    os.kill(-1, 9)\n    return a + 1",
    ),
    "spins": ("TimedOut", "def f(a):\n    while True:\n        pass"),
    "sleeps": ("TimedOut", "def f(a):\n    import time\n    time.sleep(1000)"),
    "spins in a thread": (
        "TimedOut",
        """
def f(a):
    import threading, time
    def spin():
        while True:
            pass
    threading.Thread(target=spin, daemon=True).start()
    time.sleep(1000)
""",
    ),
    "answers late in a thread": (
        "Crashed",
        """
def f(a):
    import os, threading, time
    threading.Thread(target=lambda: (time.sleep(0.1), os._exit(0))).start()
    time.sleep(10)
    return a + 1
""",
    ),
    "huge reply": ("AnswerError|TimedOut", "def f(a):\n    return bytes(2**26)"),
    "huge tensor": ("AnswerError|TimedOut", "import torch\ndef f(a):\n    return torch.zeros(1).expand(2**30)"),
    "deep reply": (
        "AnswerError|TimedOut",
        "def f(a):\n    x = []\n    for _ in range(10**5):\n        x = [x]\n    return x",
    ),
    "endless iterator": ("list", "import itertools\ndef f(a):\n    return itertools.count()"),
    "huge frame": (
        "SubjectLost",
        """
def f(a):
    import os, struct
    for descriptor in range(3, 20):
        try:
            os.write(descriptor, struct.pack("!I", 2**31))
        except OSError:
            pass
""",
    ),
    "garbage": (
        "SubjectLost",
        """
def f(a):
    import os, struct
    for descriptor in range(3, 20):
        try:
            os.write(descriptor, struct.pack("!I", 5) + b"\\xc1\\xff\\x00ab")
        except OSError:
            pass
""",
    ),
    "drop by drop": (
        "TimedOut",
        """
def f(a):
    import os, time, struct
    for descriptor in range(3, 20):
        try:
            os.write(descriptor, struct.pack("!I", 2**20))
            while True:
                os.write(descriptor, b"x")
                time.sleep(0.1)
        except OSError:
            pass
""",
    ),
    "questions without end": (
        "SubjectLost",
        """
def f(a):
    import os, struct
    for descriptor in range(3, 20):
        try:
            while True:
                os.write(descriptor, struct.pack("!I", 6) + b"?" + b"\\x81\\xa3ask")
        except OSError:
            pass
""",
    ),
    "closes descriptors": ("Crashed", "def f(a):\n    import os\n    os.closerange(3, 256)\n    return a + 1"),
    "runs when it is unpickled": (
        "Opaque",
        "class f:\n    def __init__(self, a): pass\n    def __reduce__(self): return print, (1,)",
    ),
    "equals everything": (
        "Opaque",
        "class f:\n    def __init__(self, a): pass\n    def __eq__(self, other): return True",
    ),
    "an int that lies": (
        "int",
        "class Lie(int):\n    def __eq__(self, other): return True\ndef f(a):\n    return Lie(7)",
    ),
    "bombs memory": (
        "Crashed|AnswerError|TimedOut",
        "def f(a):\n    kept = []\n    while True:\n        kept.append(bytearray(2**24))",
    ),
    "forks": ("AnswerError", "def f(a):\n    import os\n    while True:\n        os.fork()"),
    "is not there": ("NotDefined", "g = 1"),
    "is no function": ("AnswerError", "f = 3"),
}
