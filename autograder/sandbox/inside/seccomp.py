"""A filter that refuses system calls which no exercise needs and which have led out of sandboxes before.

It is a classic BPF program, see seccomp(2). It refuses:

- mounts and new namespaces, tracing and reading other processes, the kernel's key rings, eBPF, performance counters,
  userfaultfd, io_uring, modules, and sockets other than Unix and Internet ones: vsock is not bound to a network
  namespace;
- memory that no limit sees: memfd, System V segments, queues and semaphores, shared memory without a file, huge pages
  of the machine's reserve, pages that a pipe or a socket holds (splice and its kin), large socket buffers, rules of
  Landlock;
- what reaches other programs through files that both can open: leases and notices on a file (of fcntl and inotify),
  asynchronous reads of the machine's quota. Locks are granted and not taken: nobody else waits for them;
- where time and memory are added up from /proc: to be deaf to the end of a child, whose time would be counted nowhere,
  which only seems to work, and to ask for pages larger than a fault counts.
"""

import ctypes
import errno
import os
import struct

_COMMON = {  # the same number everywhere
    **{"pidfd_getfd": 438, "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432},
    **{"fspick": 433, "mount_setattr": 442, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427},
    **{"memfd_secret": 447, "open_tree_attr": 467, "landlock_create_ruleset": 444},
}
_NUMBERS = {
    "x86_64": {
        **{"ptrace": 101, "pivot_root": 155, "chroot": 161, "mount": 165, "umount2": 166, "swapon": 167},
        **{"init_module": 175, "finit_module": 313, "kexec_load": 246, "kexec_file_load": 320, "add_key": 248},
        **{"request_key": 249, "keyctl": 250, "unshare": 272, "setns": 308, "perf_event_open": 298},
        **{"process_vm_readv": 310, "process_vm_writev": 311, "memfd_create": 319, "bpf": 321},
        **{"userfaultfd": 323, "shmget": 29, "name_to_handle_at": 303, "open_by_handle_at": 304, "kcmp": 312},
        **{"msgget": 68, "semget": 64, "sendfile": 40, "splice": 275, "tee": 276, "vmsplice": 278, "io_setup": 206},
        **{"inotify_init": 253, "inotify_init1": 294, "inotify_add_watch": 254, "fanotify_init": 300},
    },
    "aarch64": {
        **{"ptrace": 117, "pivot_root": 41, "chroot": 51, "mount": 40, "umount2": 39, "swapon": 224},
        **{"init_module": 105, "finit_module": 273, "kexec_load": 104, "kexec_file_load": 294, "add_key": 217},
        **{"request_key": 218, "keyctl": 219, "unshare": 97, "setns": 268, "perf_event_open": 241},
        **{"process_vm_readv": 270, "process_vm_writev": 271, "memfd_create": 279, "bpf": 280},
        **{"userfaultfd": 282, "shmget": 194, "name_to_handle_at": 264, "open_by_handle_at": 265, "kcmp": 272},
        **{"msgget": 186, "semget": 190, "sendfile": 71, "splice": 76, "tee": 77, "vmsplice": 75, "io_setup": 0},
        **{"inotify_init1": 26, "inotify_add_watch": 27, "fanotify_init": 262},
    },
}
# those whose arguments decide
_CLONE, _SOCKET, _SETSOCKOPT = (
    {"x86_64": number, "aarch64": other} for number, other in ((56, 220), (41, 198), (54, 208))
)
_MMAP, _FCNTL, _FLOCK, _SIGACTION, _PRCTL = (
    {"x86_64": number, "aarch64": other} for number, other in ((9, 222), (72, 25), (73, 32), (13, 134), (157, 167))
)
_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_CLONE3 = 435
_NEW_NAMESPACES = 0x7E020000  # every CLONE_NEW flag
_FAMILIES = (1, 2, 10)  # Unix, Internet 4 and 6
_SHARED_ANONYMOUS, _HUGE = 0x21, 0x40000  # flags of mmap
_SET_LOCK = (6, 7, 37, 38)  # F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW
_SET_NOTICE = (8, 10, 15, 1024, 1026)  # F_SETOWN, F_SETSIG, F_SETOWN_EX, F_SETLEASE, F_NOTIFY
_SET_PIPE_SIZE = 1031
_SOCKETS_OWN = 1  # SOL_SOCKET
_SET_BUFFER = (7, 8, 32, 33)  # SO_SNDBUF, SO_RCVBUF and those of the privileged
_ATTACH_FILTER = (26, 50, 51, 52)
_CHILD_ENDED = 17  # SIGCHLD
_DISABLE_HUGE_PAGES = 41  # PR_SET_THP_DISABLE

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_ALLOW, _ERROR, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_SEEMINGLY_DONE = 0  # an error that is none: the call returns 0
_NUMBER, _ARCH = 0, 4  # offsets in struct seccomp_data

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, value


def refuse_dangerous_calls(supervised: bool = False) -> None:
    """Install the filter for this process and all that it forks; needs no_new_privs.

    Args:
        supervised: whether processor time is added up from /proc.

    Raises:
        OSError: the kernel has no such filter, or this kind of processor is not known here.
    """
    machine = os.uname().machine
    if machine not in _NUMBERS:
        raise OSError(errno.ENOSYS, f"system call numbers of {machine} are not known")
    code = b"".join(struct.pack("HBBI", *instruction) for instruction in program(machine, supervised))
    buffer = ctypes.create_string_buffer(code, len(code))

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]

    wanted = Program(len(code) // 8, ctypes.addressof(buffer))
    if ctypes.CDLL(None, use_errno=True).prctl(22, 2, ctypes.byref(wanted), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "the system call filter was refused")


def program(machine: str, supervised: bool = False) -> list[Instruction]:
    """The filter as instructions."""
    refused = sorted({**_COMMON, **_NUMBERS[machine]}.values())
    return [
        (_LOAD, 0, 0, _ARCH),
        (_EQUAL, 1, 0, _ARCHITECTURE[machine]),
        (_RETURN, 0, 0, _KILL),  # a call by the rules of another processor, such as 32 bit
        (_LOAD, 0, 0, _NUMBER),
        *_refuse_if(_AT_LEAST, 0x40000000, errno.ENOSYS),  # x32
        *_refuse_if(_EQUAL, _CLONE3, errno.ENOSYS),  # its flags lie in memory; libraries fall back to clone
        *(step for number in refused for step in _refuse_if(_EQUAL, number, errno.EPERM)),
        *_refuse_if(_EQUAL, _FLOCK[machine], _SEEMINGLY_DONE),
        *_when(_CLONE[machine], [_argument(0), *_refuse_if(_ANY_BIT, _NEW_NAMESPACES, errno.EPERM)]),
        *_when(_SOCKET[machine], _of_socket()),
        *_when(_SETSOCKOPT[machine], _of_setsockopt()),
        *_when(_MMAP[machine], _of_mmap()),
        *_when(_FCNTL[machine], _of_fcntl()),
        *(_of_supervised(machine) if supervised else ()),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _of_supervised(machine: str) -> list[Instruction]:
    pages = [_argument(0), *_refuse_if(_EQUAL, _DISABLE_HUGE_PAGES, errno.EPERM)]
    return [*_when(_SIGACTION[machine], _of_sigaction()), *_when(_PRCTL[machine], pages)]


def _of_socket() -> list[Instruction]:
    known = [(_EQUAL, len(_FAMILIES) - i, 0, family) for i, family in enumerate(_FAMILIES)]
    return [_argument(0), *known, (_RETURN, 0, 0, _ERROR | errno.EAFNOSUPPORT)]


def _of_setsockopt() -> list[Instruction]:
    refused = [*_refuse_any(_SET_BUFFER, _SEEMINGLY_DONE), *_refuse_any(_ATTACH_FILTER, errno.EPERM)]
    own = [_argument(2), *refused]
    return [_argument(1), (_EQUAL, 0, len(own), _SOCKETS_OWN), *own]


def _of_mmap() -> list[Instruction]:
    shared = [(_AND, 0, 0, _SHARED_ANONYMOUS), *_refuse_if(_EQUAL, _SHARED_ANONYMOUS, errno.ENOMEM)]
    return [_argument(3), *_refuse_if(_ANY_BIT, _HUGE, errno.ENOMEM), *shared]


def _of_fcntl() -> list[Instruction]:
    refused = _refuse_any((*_SET_NOTICE, _SET_PIPE_SIZE), errno.EPERM)
    return [_argument(1), *_refuse_any(_SET_LOCK, _SEEMINGLY_DONE), *refused]


def _of_sigaction() -> list[Instruction]:
    """Only to change it: with no new action, that is an empty pointer, the old one is asked for."""
    done = (_RETURN, 0, 0, _ERROR | _SEEMINGLY_DONE)
    changed = [_argument(1), (_EQUAL, 0, 2, 0), _argument(1, 4), (_EQUAL, 1, 0, 0), done]
    return [_argument(0), (_EQUAL, 0, len(changed), _CHILD_ENDED), *changed]


def _argument(place: int, half: int = 0) -> Instruction:
    """Load the lower half of an argument, or with 4 the upper one."""
    return (_LOAD, 0, 0, 16 + 8 * place + half)


def _when(number: int, inside: list[Instruction]) -> list[Instruction]:
    """What is looked at of one call; behind it stands its number again."""
    return [(_EQUAL, 0, len(inside) + 1, number), *inside, (_LOAD, 0, 0, _NUMBER)]


def _refuse_any(values: tuple[int, ...], error: int) -> list[Instruction]:
    return [step for value in values for step in _refuse_if(_EQUAL, value, error)]


def _refuse_if(test: int, value: int, error: int) -> list[Instruction]:
    return [(test, 0, 1, value), (_RETURN, 0, 0, _ERROR | error)]
