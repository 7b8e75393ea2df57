"""The talk between the bench and a peer in Python: an answer of one line for each line of input."""
import sys
import time


def answer(work, out=sys.stdout):
    """Answers each line with what `work` makes of it, or with the word error and why."""
    for line in sys.stdin:
        try:
            print(work(line), file=out, flush=True)
        except Exception as error:
            print('error', ' '.join(str(error).split()), file=out, flush=True)


def commands(**known):
    """The work of lines that are a command and its words."""

    def work(line):
        command, *words = line.split()
        return known[command](*words)

    return work


def seconds(runs, work):
    """The seconds of so many runs of some work, as text."""
    start = time.perf_counter()
    for _ in range(int(runs)):
        work()
    return str(time.perf_counter() - start)
