"""A command of onceproof, made in parts by the executors of a Spark cluster.

    spark-submit --master MASTER --files ./onceproof,./pipeline.toml onceproof_spark.py \\
        --parts 40 -- sweep pipeline.toml --seeds 0..4000

The program and the scenario are shipped by --files, so the executors find both in the folder that they work in, by their
names alone; it is started in the folder that has them. A part that is done ends with 0, whatever it found; any other code
fails its task, which Spark makes again, and so it does with those of an executor that dies. The report is printed here,
and the exit code is that of the whole.
"""

import argparse
import pathlib
import shlex
import subprocess
import sys

from pyspark import SparkContext

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from whole import merge


def parts(context, command, of):
    """The documents of all parts."""
    words = shlex.join(["./onceproof", *command, "--jobs", "1"])
    # Each task is handed one number, as a line.
    task = f'read number && exec {words} --shard "$number/{of}"'
    numbers = context.parallelize(range(1, of + 1), of)
    return numbers.pipe(shlex.join(["sh", "-c", task]), checkCode=True).collect()


def main():
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--parts", type=int, default=40, help="how many parts to make [default: 40]")
    asked.add_argument("command", nargs="+", help="the command and its arguments, after --")
    asked = asked.parse_args()
    with SparkContext(appName="onceproof") as context:
        documents = parts(context, asked.command, asked.parts)
    whole = merge("./onceproof", documents)
    sys.stdout.write(whole.stdout)
    sys.stderr.write(whole.stderr)
    return whole.returncode


if __name__ == "__main__":
    sys.exit(main())
