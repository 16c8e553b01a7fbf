"""A command of onceproof, made in parts by the workers of a Dask cluster.

    python onceproof_dask.py --scheduler tcp://10.0.0.1:8786 --parts 40 -- sweep pipeline.toml --seeds 0..4000

Without --scheduler the workers are processes of this machine. Each worker must have the same build of onceproof, and the
scenario with what it reads, under the same paths: in its image, or on a disk that all of them share. A worker that dies
takes no part with it, since Dask gives its tasks to another one. The report is printed here, and the exit code is that of
the whole.
"""

import argparse
import pathlib
import subprocess
import sys

from distributed import Client

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from whole import merge


def part(onceproof, command, number, of):
    """What a worker does: the document of one part."""
    made = subprocess.run(
        [onceproof, *command, "--jobs", "1", "--shard", f"{number}/{of}"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True,
    )
    if made.returncode != 0:
        raise RuntimeError(f"part {number}/{of} ended with {made.returncode}: {made.stderr.strip()}")
    return made.stdout


def parts(client, onceproof, command, of):
    """The parts, as futures, each to be made by one worker."""
    numbers = range(1, of + 1)
    return [client.submit(part, onceproof, command, number, of, pure=False) for number in numbers]


def main():
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--scheduler", help="the address of the scheduler [default: processes of this machine]")
    asked.add_argument("--parts", type=int, default=40, help="how many parts to make [default: 40]")
    asked.add_argument("--onceproof", default="onceproof", help="the program, as each worker finds it")
    asked.add_argument("command", nargs="+", help="the command and its arguments, after --")
    asked = asked.parse_args()
    with Client(asked.scheduler) as client:
        made = client.gather(parts(client, asked.onceproof, asked.command, asked.parts))
    whole = merge(asked.onceproof, made)
    sys.stdout.write(whole.stdout)
    sys.stderr.write(whole.stderr)
    return whole.returncode


if __name__ == "__main__":
    sys.exit(main())
