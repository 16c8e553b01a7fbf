"""That parts on a Spark cluster come to the whole, though an executor is killed by signal 9 on the way.

    python test.py ONCEPROOF [SEEDS]

It runs in the folder of the repository.
"""

import os
import pathlib
import shutil
import signal
import sys
import tempfile
import threading
import time

from pyspark import SparkConf, SparkContext

sys.path.insert(0, str(pathlib.Path(__file__).parent.resolve()))
from onceproof_spark import parts
from whole import check

PARTS = 40


def executors():
    """The processes of executors below this one."""
    parents, found = {}, []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
            parents[int(folder.name)] = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue  # It has ended meanwhile.
        if any(word.endswith("CoarseGrainedExecutorBackend") for word in words):
            found.append(int(folder.name))

    def is_below(pid):
        while pid not in (0, None):
            if pid == os.getpid():
                return True
            pid = parents.get(pid)
        return False

    return [pid for pid in found if is_below(pid)]


def kill_one(context, killed):
    """Kills an executor once the first part is done."""
    status = context.statusTracker()
    while not killed:
        time.sleep(0.05)
        stages = [status.getStageInfo(stage) for stage in status.getActiveStageIds()]
        if any(stage and stage.numCompletedTasks > 0 for stage in stages):
            victim = executors()[0]
            os.kill(victim, signal.SIGKILL)
            killed.append(victim)


def main():
    onceproof = os.path.abspath(sys.argv[1])
    seeds = sys.argv[2] if len(sys.argv) > 2 else "0..400"
    command = ["sweep", "chapter5.toml", "--seeds", seeds]
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(onceproof, f"{folder}/onceproof")
        shutil.copy("scenarios/chapter/chapter5.toml", folder)
        os.chdir(folder)
        conf = SparkConf().setMaster("local-cluster[2,1,1024]").setAppName("onceproof")
        conf = conf.set("spark.files", f"{folder}/onceproof,{folder}/chapter5.toml")
        conf = conf.set("spark.ui.enabled", "false").set("spark.log.level", "ERROR")
        killed = []
        with SparkContext(conf=conf) as context:
            killer = threading.Thread(target=kill_one, args=(context, killed), daemon=True)
            killer.start()
            documents = parts(context, command, PARTS)
            assert killed and killed[0] not in executors(), f"{killed} was to be killed on the way"
        assert len(documents) == PARTS
        check("./onceproof", command, documents)
    print(f"{PARTS} parts of seeds {seeds} on Spark, an executor killed: the merged report is that of one machine")


if __name__ == "__main__":
    main()
