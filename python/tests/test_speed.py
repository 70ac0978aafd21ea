"""Rates, printed; and an array of a million points beside the command line, in processor time."""

import array
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

import sparsest
from sparsest import _arrays, _client, _node

#: What Python may take more than the command line.
MOST = 1.5


def process_seconds():
    """Processor time of this process and of the one behind it."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    fields = Path(f"/proc/{_client.client()._process.pid}/stat").read_text().rsplit(")")[1].split()
    ticks = os.sysconf("SC_CLK_TCK")
    return own.ru_utime + own.ru_stime + (int(fields[11]) + int(fields[12])) / ticks


class Speed(unittest.TestCase):
    def test_a_thousand_small_solves(self):
        seeded = random.Random(1)
        questions = [[seeded.randrange(9) for _ in range(8)] for _ in range(1000)]
        sparsest.solve(range(8), questions[0])
        before = _client.client()
        start = time.perf_counter()
        found = [sparsest.solve(range(8), labels) for labels in questions]
        seconds = time.perf_counter() - start
        self.assertIs(_client.client(), before)
        for solution, labels in zip(found[::50], questions[::50]):
            self.assertEqual([solution.network.exact(x) for x in range(8)], labels)
        print(f"\n1,000 small solves: {1000 / seconds:.0f} a second", file=sys.stderr)

    @unittest.skipUnless(Path("/proc/self/stat").exists(), "processor time of another process")
    def test_a_million_points(self):
        seeded = random.Random(2)
        level, ys = 0.0, array.array("d")
        for _ in range(1_000_000):
            level += seeded.gauss(0, 1)
            ys.append(level)
        xs = array.array("d", range(1_000_000))
        try:
            import numpy

            X, y = numpy.frombuffer(xs), numpy.frombuffer(ys)
        except ImportError:
            X, y = xs, ys
        with tempfile.TemporaryDirectory() as place:
            file = Path(place, "walk.npz")
            file.write_bytes(_arrays.data_of(X, y).files[0][1])
            words = [_node.find_node(), _node.find_program(), "solve", str(file), "--json", "--quiet"]
            command, python = [], []
            for _ in range(3):
                before = resource.getrusage(resource.RUSAGE_CHILDREN)
                said = subprocess.run(words, capture_output=True, check=True, text=True).stdout
                after = resource.getrusage(resource.RUSAGE_CHILDREN)
                command.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
                start = process_seconds()
                solution = sparsest.solve(X, y)
                python.append(process_seconds() - start)
        self.assertIn(f'"lowerBound":{solution.neurons},"upperBound":{solution.neurons}', said)
        ratio = min(python) / min(command)
        print(f"\n10^6 points: {min(python):.2f} s, command line {min(command):.2f} s (processor time): {ratio:.2f}", file=sys.stderr)
        self.assertLess(ratio, MOST)


if __name__ == "__main__":
    unittest.main()
