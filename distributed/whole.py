"""The whole of the parts that a cluster has made, and that it is what one machine makes."""

import pathlib
import subprocess
import tempfile

OF_TIME = ('"seconds"', '"runs_per_second"', '"events_per_second"')


def merge(onceproof, documents, options=()):
    """The report of the whole, as a finished process."""
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, document in enumerate(documents, start=1):
            file = pathlib.Path(folder) / f"part-{number}.json"
            file.write_text(document)
            files.append(str(file))
        return subprocess.run([onceproof, "merge", *options, *files], capture_output=True, text=True)


def timeless(report):
    """The lines that do not tell how long it took."""
    is_kept = lambda line: not line.startswith("time  ") and not any(name in line for name in OF_TIME)
    return [line for line in report.splitlines() if is_kept(line)]


def check(onceproof, command, documents):
    """That these parts of a command come to what one machine makes of it, and that one less is missed."""
    for options in (["--format", "text"], ["--format", "json"]):
        whole = subprocess.run([onceproof, *command, *options], capture_output=True, text=True)
        merged = merge(onceproof, documents, options)
        assert merged.returncode == whole.returncode, merged
        assert timeless(merged.stdout) == timeless(whole.stdout), "the merged report is another one"
        assert timeless(merged.stdout) != merged.stdout.splitlines(), "a time is told"
    one_less = merge(onceproof, documents[:-1])
    last = f"part {len(documents)}/{len(documents)}"
    assert one_less.returncode == 6 and last in one_less.stderr, one_less
