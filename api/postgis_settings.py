"""Settings of the private PostGIS, from what the machine has.

In: memory, cores and free disk.  Out: names and values for the server's configuration file.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

MB = 1024 * 1024
GB = 1024 * MB

_ALWAYS = {
    "listen_addresses": "",  # the unix socket is the only way in
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_connections": "60",
    "jit": "off",  # compiling costs more than our short statements take
    "random_page_cost": "1.1",
    "effective_io_concurrency": "200",
    # The same question gives the same bytes: rows arrive, and sums of fractions add up, in one order.
    "max_parallel_workers_per_gather": "0",
    "synchronize_seqscans": "off",
}
_DURABLE = {"wal_compression": "on", "checkpoint_timeout": "15min"}
_FORGETFUL = {  # a crash of the machine may lose everything; a crash of the server alone does not
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "checkpoint_timeout": "1h",
    "max_connections": "200",  # each run of the tests starts dozens of services, two at a time or more
}


@dataclass(frozen=True, kw_only=True)
class Machine:
    """What a server may use; memory and disk in bytes."""

    memory: int
    cores: int
    disk: int


def this_machine(folder: Path) -> Machine:
    """Memory (of the container, where one sets a limit), cores allowed to us, and space free at a folder."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    limit = Path("/sys/fs/cgroup/memory.max")
    allowed = limit.read_text().strip() if limit.exists() else "max"
    return Machine(
        memory=min(memory, int(allowed)) if allowed.isdigit() else memory,
        cores=len(os.sched_getaffinity(0)),
        disk=shutil.disk_usage(folder).free,
    )


def settings_for(machine: Machine, *, durable: bool) -> dict[str, str]:
    """Settings that use a large machine and stay within about half of a small one (2 GB); sizes in MB."""
    memory = machine.memory
    sizes = {
        "shared_buffers": _between(64 * MB, memory // 8, 4 * GB if durable else 512 * MB),
        "effective_cache_size": memory // 2,
        "work_mem": _between(4 * MB, memory // 512, 64 * MB),
        "maintenance_work_mem": _between(64 * MB, memory // 32, GB),
        "autovacuum_work_mem": _between(32 * MB, memory // 64, 256 * MB),
        "max_wal_size": _between(256 * MB, machine.disk // 16, 4 * GB),
        "min_wal_size": 128 * MB,
    }
    return (
        _ALWAYS
        | (_DURABLE if durable else _FORGETFUL)
        | {name: f"{size // MB}MB" for name, size in sizes.items()}
        | {"max_parallel_maintenance_workers": str(_between(0, machine.cores - 1, 4))}
    )


def _between(least: int, wish: int, most: int) -> int:
    return max(least, min(wish, most))
