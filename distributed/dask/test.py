"""That parts on a Dask cluster come to the whole, though a worker is killed on the way.

    python test.py ONCEPROOF [SEEDS]

It runs in the folder of the repository.
"""

import os
import pathlib
import signal
import sys

from distributed import Client, LocalCluster, wait

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from onceproof_dask import parts
from whole import check

PARTS = 40


def main():
    onceproof = os.path.abspath(sys.argv[1])
    seeds = sys.argv[2] if len(sys.argv) > 2 else "0..400"
    command = ["sweep", "scenarios/chapter/chapter5.toml", "--seeds", seeds]
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        made = parts(client, onceproof, command, PARTS)
        wait(made[:2], return_when="FIRST_COMPLETED")
        before = {worker.pid for worker in cluster.workers.values()}
        victim = next(iter(cluster.workers.values())).pid
        os.kill(victim, signal.SIGKILL)
        documents = client.gather(made)
        assert len(documents) == PARTS
        after = {worker.pid for worker in cluster.workers.values()}
        assert victim in before and victim not in after, f"{victim} was killed: {before}, {after}"
    check(onceproof, command, documents)
    print(f"{PARTS} parts of seeds {seeds} on Dask, a worker killed: the merged report is that of one machine")


if __name__ == "__main__":
    main()
