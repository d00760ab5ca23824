"""Limits that a process of the sandbox puts on itself, before anything untrusted runs."""

import resource


def limit(limits: dict) -> None:
    """Set the kernel's limits for this process and all that descend from it; they cannot be raised again."""
    chosen = {
        resource.RLIMIT_AS: limits["memory"],
        resource.RLIMIT_FSIZE: limits["disk"],
        resource.RLIMIT_NOFILE: 256,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_MEMLOCK: 0,
    }
    for name, value in chosen.items():
        resource.setrlimit(name, (value, value))
