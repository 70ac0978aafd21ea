"""The examples of the documents: what they print is what happens."""

import doctest
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Documents(unittest.TestCase):
    def test_sessions(self):
        for name, most in (("docs/python.md", 15), ("README.md", 4)):
            result = doctest.testfile(str(ROOT / name), module_relative=False)
            self.assertEqual(result.failed, 0, name)
            self.assertGreaterEqual(result.attempted, most, name)

    def test_the_recipe_prints_what_it_says(self):
        try:
            import numpy  # noqa: F401
        except ImportError:
            self.skipTest("numpy")
        page = (ROOT / "docs" / "recipes-numpy.md").read_text()
        code = re.search(r"```python\n(# truth\.py\n[\s\S]*?)```", page).group(1)
        said = re.findall(r"^print\(.*\)  # (.*)$", code, re.MULTILINE)
        self.assertEqual(len(said), 4)
        with tempfile.TemporaryDirectory() as place:
            run = subprocess.run([sys.executable, "-c", code], cwd=place, capture_output=True, text=True, check=True)
            self.assertTrue(Path(place, "proof.json").exists())
        self.assertEqual(run.stdout.splitlines(), said)


if __name__ == "__main__":
    unittest.main()
