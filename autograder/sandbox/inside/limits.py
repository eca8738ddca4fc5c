"""What one submission may use while it is graded."""

from dataclasses import dataclass

MIB = 2**20


@dataclass(frozen=True)
class Limits:
    """Bounds on the sum over all processes of a submission.

    Attributes:
        exercise_seconds: of CPU for one cell, and for one exercise.
        submission_seconds: of CPU for all of it.
        wall_factor: a wall clock may show this many times as much, for machines that are busy.
        memory: bytes, temporary files and shared memory included.
        processes: how many, threads included.
        files: bytes of all its files.
        output: bytes that are kept of what it prints.

    Which mechanism gives which bound:

        bound      with control groups      without (`sandbox.supervision`)
        CPU        usage of the group,      times of all its processes in /proc, ended ones too, read every 20 ms;
                   read every 20 ms         RLIMIT_CPU for each process
        memory     the group's limit        pages, swap, page tables and sockets of all its processes, read every 20 ms;
                                            RLIMIT_DATA for each; what /proc does not show is refused (`seccomp`)
        processes  the group's limit and    RLIMIT_NPROC in a user namespace or for a uid of its own
                   RLIMIT_NPROC
        files      size of the one tmpfs that it can write to (/tmp, home and /dev/shm), RLIMIT_FSIZE for each file
        output     what its shell keeps, and what the grader accepts in a reply
        wall       deadline of every read on the grader's side
    """

    exercise_seconds: float = 10.0
    submission_seconds: float = 60.0
    wall_factor: float = 2.0
    memory: int = 2048 * MIB
    processes: int = 64
    files: int = 64 * MIB
    output: int = MIB

    @property
    def exercise_wall(self) -> float:
        """Seconds on the clock for one cell, or one exercise."""
        return self.exercise_seconds * self.wall_factor

    @property
    def submission_wall(self) -> float:
        """Seconds on the clock for a submission."""
        return self.submission_seconds * self.wall_factor
