"""System calls that no notebook needs and that a sandbox must not have, refused by the kernel's own filter.

A deny list: what reaches other processes, the network, other users or rarely used parts of the kernel. The
numbers for aarch64 are taken from the kernel's generic table and were never run on such a machine.
"""

import ctypes
import errno
import platform
import struct

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2
_NEW_NAMESPACES = 0x7E020000
_TERMINAL_INPUT = 0x5412
_NEWEST = 470

# What a machine is called: the kernel's number for it, and the column of the tables below.
_MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}

_REFUSED = {
    # other processes
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    "ioprio_set": (251, 30),
    # network; a socketpair, which asyncio needs, is another call
    "socket": (41, 198),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    # memory and messages that outlive their process, or count for nobody
    "shmget": (29, 194),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "semget": (64, 190),
    "semop": (65, 193),
    "semctl": (66, 191),
    "semtimedop": (220, 192),
    "msgget": (68, 186),
    "msgsnd": (69, 189),
    "msgrcv": (70, 188),
    "msgctl": (71, 187),
    "mq_open": (240, 180),
    "mq_unlink": (241, 181),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    # files by other ways than their path, and watching other people's folders
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "inotify_init": (253, None),
    "inotify_init1": (294, 26),
    "fanotify_init": (300, 262),
    # namespaces and mounts
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    # the machine
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "personality": (135, 92),
    "syslog": (103, 116),
    "quotactl": (179, 60),
    "acct": (163, 89),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
}

# Allowed for the caller itself only: the first argument, a process, must be 0.
_ON_ITSELF = {
    "prlimit64": (302, 261),
    "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119),
    "sched_setaffinity": (203, 122),
    "sched_setattr": (314, 274),
}

_CLONE, _CLONE3, _IOCTL, _SETPRIORITY = (56, 220), (435, 435), (16, 29), (141, 140)

# Landlock does not cover these. They say that they succeeded, so that copying a file works, and do nothing.
_PRETENDED = {
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "setxattrat": (463, 463),
    "removexattrat": (466, 466),
    "file_setattr": (469, 469),
}


def program(machine: str, pretend: bool) -> bytes:
    """The filter for this kind of machine. KeyError when it is none that the tables know."""
    architecture, column = _MACHINES[machine]
    steps = [
        _step(_LOAD, _ARCHITECTURE),
        _step(_EQUAL, architecture, 1, 0),
        _step(_RETURN, _KILL),
        _step(_LOAD, _NUMBER),
        # Calls that are newer than these tables, and on x86-64 those of the x32 kind.
        _step(_AT_LEAST, _NEWEST + 1, 0, 1),
        _step(_RETURN, _REFUSE | errno.ENOSYS),
        *_when(_CLONE3[column], [_step(_RETURN, _REFUSE | errno.ENOSYS)]),
        *_when_argument(_CLONE[column], 0, _ANY_BIT, _NEW_NAMESPACES, refuse_on_match=True),
        *_when_argument(_IOCTL[column], 1, _EQUAL, _TERMINAL_INPUT, refuse_on_match=True),
        *_when_argument(_SETPRIORITY[column], 0, _EQUAL, 0, refuse_on_match=False),
        *_when_argument(_SETPRIORITY[column], 1, _EQUAL, 0, refuse_on_match=False),
    ]
    for numbers in _ON_ITSELF.values():
        steps += _when_argument(numbers[column], 0, _EQUAL, 0, refuse_on_match=False)
    for numbers in _REFUSED.values():
        steps += _when(numbers[column], [_step(_RETURN, _REFUSE | errno.EPERM)])
    if pretend:
        for numbers in _PRETENDED.values():
            steps += _when(numbers[column], [_step(_RETURN, _REFUSE)])
    steps.append(_step(_RETURN, _ALLOW))
    return b"".join(steps)


def install(pretend: bool) -> None:
    """Put the filter on this process and all that descend from it. OSError when the kernel refuses it."""
    machine = platform.machine()
    if machine not in _MACHINES:
        raise OSError(f"there is no table of system calls for {machine}")
    code = program(machine, pretend)
    buffer = ctypes.create_string_buffer(code, len(code))

    class _Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    described = _Program(len(code) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    library = ctypes.CDLL(None, use_errno=True)
    refused = library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    if refused or library.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(described), 0, 0):
        raise OSError(ctypes.get_errno(), "the kernel takes no seccomp filter")


def _step(code: int, value: int, on_true: int = 0, on_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, on_true, on_false, value)


def _when(number: int | None, steps: list[bytes]) -> list[bytes]:
    """These steps when the call has this number. They must leave the number loaded, or return."""
    return [] if number is None else [_step(_EQUAL, number, 0, len(steps)), *steps]


def _when_argument(number: int, place: int, test: int, value: int, refuse_on_match: bool) -> list[bytes]:
    """Refuse this call when the lower half of an argument matches, or when it does not."""
    jumps = (0, 1) if refuse_on_match else (1, 0)
    steps = [
        _step(_LOAD, _ARGUMENTS + 8 * place),
        _step(test, value, *jumps),
        _step(_RETURN, _REFUSE | errno.EPERM),
        _step(_LOAD, _NUMBER),
    ]
    return _when(number, steps)
