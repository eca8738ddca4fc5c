"""A filter that refuses system calls which no exercise needs and which have led out of sandboxes before.

It is a classic BPF program, see seccomp(2). It refuses: mounts and new namespaces, tracing and reading other
processes, the kernel's key rings, eBPF, performance counters, userfaultfd, io_uring, modules, memory that no limit sees
(memfd, System V segments), and sockets other than Unix and Internet ones: vsock is not bound to a network namespace.
"""

import ctypes
import errno
import os
import struct

_COMMON = {  # the same number everywhere
    **{"pidfd_getfd": 438, "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432},
    **{"fspick": 433, "mount_setattr": 442, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427},
    **{"memfd_secret": 447, "open_tree_attr": 467},
}
_NUMBERS = {
    "x86_64": {
        **{"ptrace": 101, "pivot_root": 155, "chroot": 161, "mount": 165, "umount2": 166, "swapon": 167},
        **{"init_module": 175, "finit_module": 313, "kexec_load": 246, "kexec_file_load": 320, "add_key": 248},
        **{"request_key": 249, "keyctl": 250, "unshare": 272, "setns": 308, "perf_event_open": 298},
        **{"process_vm_readv": 310, "process_vm_writev": 311, "memfd_create": 319, "bpf": 321},
        **{"userfaultfd": 323, "shmget": 29, "name_to_handle_at": 303, "open_by_handle_at": 304, "kcmp": 312},
    },
    "aarch64": {
        **{"ptrace": 117, "pivot_root": 41, "chroot": 51, "mount": 40, "umount2": 39, "swapon": 224},
        **{"init_module": 105, "finit_module": 273, "kexec_load": 104, "kexec_file_load": 294, "add_key": 217},
        **{"request_key": 218, "keyctl": 219, "unshare": 97, "setns": 268, "perf_event_open": 241},
        **{"process_vm_readv": 270, "process_vm_writev": 271, "memfd_create": 279, "bpf": 280},
        **{"userfaultfd": 282, "shmget": 194, "name_to_handle_at": 264, "open_by_handle_at": 265, "kcmp": 272},
    },
}
_SOCKET, _CLONE = {"x86_64": 41, "aarch64": 198}, {"x86_64": 56, "aarch64": 220}
_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_CLONE3 = 435
_NEW_NAMESPACES = 0x7E020000  # every CLONE_NEW flag
_FAMILIES = (1, 2, 10)  # Unix, Internet 4 and 6

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERROR, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NUMBER, _ARCH, _ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, value


def refuse_dangerous_calls() -> None:
    """Install the filter for this process and all that it forks; needs no_new_privs.

    Raises:
        OSError: the kernel has no such filter, or this kind of processor is not known here.
    """
    machine = os.uname().machine
    if machine not in _NUMBERS:
        raise OSError(errno.ENOSYS, f"system call numbers of {machine} are not known")
    code = b"".join(struct.pack("HBBI", *instruction) for instruction in program(machine))
    buffer = ctypes.create_string_buffer(code, len(code))

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]

    wanted = Program(len(code) // 8, ctypes.addressof(buffer))
    if ctypes.CDLL(None, use_errno=True).prctl(22, 2, ctypes.byref(wanted), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "the system call filter was refused")


def program(machine: str) -> list[Instruction]:
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
        (_EQUAL, 0, 3, _CLONE[machine]),
        (_LOAD, 0, 0, _ARGUMENT),
        (_ANY_BIT, 0, 1, _NEW_NAMESPACES),
        (_RETURN, 0, 0, _ERROR | errno.EPERM),
        (_LOAD, 0, 0, _NUMBER),
        (_EQUAL, 1, 0, _SOCKET[machine]),
        (_RETURN, 0, 0, _ALLOW),
        (_LOAD, 0, 0, _ARGUMENT),
        *((_EQUAL, len(_FAMILIES) - i, 0, family) for i, family in enumerate(_FAMILIES)),
        (_RETURN, 0, 0, _ERROR | errno.EAFNOSUPPORT),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _refuse_if(test: int, value: int, error: int) -> list[Instruction]:
    return [(test, 0, 1, value), (_RETURN, 0, 0, _ERROR | error)]
