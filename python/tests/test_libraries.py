"""NumPy, PyTorch, scikit-learn and pytest, where they are installed."""

import importlib.util
import subprocess
import sys
import tempfile
import textwrap
import unittest
from fractions import Fraction
from pathlib import Path

import sparsest

X = [-2, -1, 0, 1, 2, 3]
Y = [0, 0, 1, 1, 0, 0]


def has(name):
    return importlib.util.find_spec(name) is not None


@unittest.skipUnless(has("numpy"), "numpy")
class NumPy(unittest.TestCase):
    def test_arrays_mean_their_exact_values(self):
        import numpy

        for dtype in ("float16", "float32", "float64", "int8", "int32", "int64", "uint8", ">f8", ">i4"):
            X8 = numpy.array([0, 1, 2, 3], dtype=dtype)
            self.assertEqual(sparsest.solve(X8, X8 * 3).neurons, 0, dtype)
        single = numpy.array([0.1, 0.2, 0.3], dtype="float32")
        solution = sparsest.solve([0, 1, 2], single)
        self.assertEqual([solution.network.exact(i) for i in range(3)], [Fraction(float(v)) for v in single])
        self.assertEqual(sparsest.solve([0, 1], [numpy.float32(0.1), numpy.int64(3)]).network.exact(0), Fraction(float(numpy.float32(0.1))))
        self.assertEqual(sparsest.solve(numpy.array([0, 1, 2]), numpy.array([Fraction(1, 3), Fraction(2, 3), 1], dtype=object)).neurons, 0)
        self.assertEqual(sparsest.solve(numpy.array(["0", "1", "2"]), numpy.array(["0.1", "0.2", "0.3"])).neurons, 0)
        self.assertEqual(sparsest.solve(numpy.array([True, False]), [1, 0]).neurons, 0)

    def test_orders_and_views(self):
        import numpy

        rows = numpy.arange(24.0).reshape(8, 3)
        want = sparsest.patterns(rows.tolist()).count
        self.assertEqual(sparsest.patterns(numpy.asfortranarray(rows)).count, want)
        self.assertEqual(sparsest.patterns(rows[::-1]).count, want)
        self.assertEqual(sparsest.solve(numpy.array(X)[:, None], numpy.array(Y)[:, None]).neurons, 3)

    def test_predictions_are_arrays(self):
        import numpy

        solution = sparsest.solve(numpy.array(X), numpy.array(Y))
        at = numpy.linspace(-3, 4, 57)
        predicted = solution.predict(at)
        self.assertEqual(predicted.shape, (57,))
        exact = [float(solution.network.exact(Fraction(t))) for t in at]
        self.assertLess(numpy.abs(predicted - exact).max(), 1e-12)
        plane = sparsest.solve(numpy.array([[0, 0], [0, 1], [1, 0], [1, 1]]), [0, 1, 1, 0])
        self.assertLess(numpy.abs(plane.predict(numpy.array([[0, 0], [1, 0.5]])) - [0, 0.5]).max(), 2)
        self.assertEqual(sparsest.solve([0, 1, 2], [5, 5, 5]).predict(numpy.array([7.0]))[0], 5.0)

    def test_bad_arrays(self):
        import numpy

        with self.assertRaisesRegex(sparsest.InputError, r"y\[2\]: expected a finite number"):
            sparsest.solve(numpy.arange(3.0), numpy.array([0, 1, numpy.inf]))
        with self.assertRaisesRegex(sparsest.InputError, r"shape \(1, 2, 3\)"):
            sparsest.solve(numpy.zeros((1, 2, 3)), [1])
        with self.assertRaises(sparsest.InputError):
            sparsest.solve(numpy.zeros(3), numpy.array([0, 1, 2j]))


@unittest.skipUnless(has("torch"), "torch")
class PyTorch(unittest.TestCase):
    def trained(self, model, steps=1500):
        import torch

        x, y = (torch.tensor(v, dtype=torch.float32).reshape(-1, 1) for v in (X, Y))
        optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
        for _ in range(steps):
            optimizer.zero_grad()
            loss = torch.nn.functional.mse_loss(model(x), y)
            loss.backward()
            optimizer.step()
        return model

    def same_verdict(self, model, tolerance):
        """The verdict on a model is the verdict on its file, and what PyTorch computes."""
        import torch

        report = sparsest.verify(model, X, Y, tolerance=tolerance)
        with tempfile.TemporaryDirectory() as place:
            file = Path(place, "model.pt")
            torch.save(model.state_dict(), file)
            filed = sparsest.verify(file, X, Y, tolerance=tolerance)
        keep = lambda raw: {name: raw[name] for name in ("holds", "claims", "neurons", "redundant", "skip", "tolerance")}
        self.assertEqual(keep(report.raw), keep(filed.raw))
        with torch.no_grad():
            double = model.double()
            residual = (double(torch.tensor(X, dtype=torch.float64).reshape(-1, 1)).reshape(-1) - torch.tensor(Y)).abs().max().item()
        self.assertAlmostEqual(float(Fraction(report.claim("interpolates").measured)), residual, places=6)
        return report

    def test_a_trained_sequential(self):
        import torch

        torch.manual_seed(2)
        model = self.trained(torch.nn.Sequential(torch.nn.Linear(1, 40), torch.nn.ReLU(), torch.nn.Linear(40, 1)))
        report = self.same_verdict(model, "0.1")
        self.assertTrue(report.claim("interpolates").holds)
        # 40 neurons where 3 are enough.
        self.assertIs(report.claim("sparsest").holds, False)
        self.assertEqual(report.bounds[1], 3)
        with self.assertRaisesRegex(AssertionError, "more than needed"):
            sparsest.assert_sparsest(model, X, Y, tolerance="0.1")
        self.assertEqual(sparsest.verify(model.state_dict(), X, Y, tolerance="0.1").raw["claims"], sparsest.verify(model, X, Y, tolerance="0.1").raw["claims"])

    def test_attributes_and_skip(self):
        import torch

        class Plain(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.fc1 = torch.nn.Linear(1, 8)
                self.fc2 = torch.nn.Linear(8, 1)

            def forward(self, x):
                return self.fc2(torch.relu(self.fc1(x)))

        class Skip(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.hidden = torch.nn.Linear(1, 8)
                self.output = torch.nn.Linear(8, 1)
                self.skip = torch.nn.Linear(1, 1, bias=False)

            def forward(self, x):
                return self.output(torch.relu(self.hidden(x))) + self.skip(x)

        torch.manual_seed(1)
        self.assertEqual(self.same_verdict(self.trained(Plain(), 100), "0.5").raw["skip"], "bias")
        self.assertEqual(self.same_verdict(self.trained(Skip(), 100), "0.5").raw["skip"], "affine")

    def test_types(self):
        import torch

        for dtype in (torch.float64, torch.float32, torch.float16, torch.bfloat16):
            torch.manual_seed(2)
            model = torch.nn.Sequential(torch.nn.Linear(1, 4), torch.nn.ReLU(), torch.nn.Linear(4, 1)).to(dtype)
            self.same_verdict(model, "9")

    def test_other_activations_are_refused(self):
        import torch

        model = torch.nn.Sequential(torch.nn.Linear(1, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1))
        with self.assertRaisesRegex(sparsest.InputError, "1: expected layers Linear and ReLU, found Tanh"):
            sparsest.verify(model, X, Y)

    def test_to_torch_and_back(self):
        import torch

        for skip in ("affine", "bias", "none"):
            for labels in (Y, [3] * 6, [0, 1, 3, 3, 8, 9]):
                solution = sparsest.solve(X, labels, skip=skip)
                model = solution.network.to_torch()
                with torch.no_grad():
                    out = model(torch.tensor(X, dtype=torch.float64).reshape(-1, 1)).reshape(-1).tolist()
                for a, b in zip(out, labels):
                    self.assertAlmostEqual(a, b, places=9)
                if len(solution.network) > 0:
                    self.assertTrue(sparsest.verify(model, X, labels, tolerance="1e-9", skip=skip).claim("interpolates").holds)
        plane = sparsest.solve([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])
        self.assertEqual(tuple(plane.network.to_torch(torch.float32)(torch.zeros(5, 2)).shape), (5, 1))

    def test_tensors_as_data(self):
        import torch

        self.assertEqual(sparsest.solve(torch.tensor(X), torch.tensor(Y)).neurons, 3)
        self.assertEqual(sparsest.solve(torch.tensor([0.0, 1, 2], dtype=torch.bfloat16), torch.tensor([1.0, 2, 3], requires_grad=True)).neurons, 0)


@unittest.skipUnless(has("sklearn"), "scikit-learn")
class ScikitLearn(unittest.TestCase):
    def test_clone_pipeline_and_grid(self):
        import numpy
        from sklearn.base import clone
        from sklearn.model_selection import GridSearchCV
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        model = clone(sparsest.SparsestRegressor(tolerance=0.1))
        self.assertEqual(model.tolerance, 0.1)
        rows, labels = numpy.array(X, dtype=float)[:, None], numpy.array(Y, dtype=float)
        self.assertEqual(make_pipeline(StandardScaler(), model).fit(rows, labels).predict(rows).shape, (6,))
        search = GridSearchCV(sparsest.SparsestRegressor(), {"tolerance": [0.1, 0.3]}, cv=2).fit(rows, labels)
        self.assertIn(search.best_params_["tolerance"], (0.1, 0.3))


@unittest.skipUnless(has("pytest"), "pytest")
class Pytest(unittest.TestCase):
    def test_the_fixture(self):
        with tempfile.TemporaryDirectory() as place:
            Path(place, "test_model.py").write_text(
                textwrap.dedent(
                    """
                    import sparsest

                    X, Y = [-2, -1, 0, 1, 2, 3], [0, 0, 1, 1, 0, 0]
                    WIDE = {"fc1.weight": [[1.0]] * 4, "fc1.bias": [1.0, 1.0, -0.5, -2.0], "fc2.weight": [[0.5, 0.5, -2.0, 1.0]]}

                    def test_good(assert_sparsest):
                        assert_sparsest(sparsest.solve(X, Y, skip="none"), X, Y)

                    def test_bad(assert_sparsest):
                        assert_sparsest(WIDE, X, Y)
                    """
                )
            )
            run = subprocess.run([sys.executable, "-m", "pytest", "-q", place], capture_output=True, text=True)
        self.assertEqual(run.returncode, 1)
        self.assertIn("1 failed, 1 passed", run.stdout)
        self.assertIn("1 more than needed", run.stdout)
        # The failure points at the test, not into this package.
        self.assertNotIn("sparsest/testing.py", run.stdout)


if __name__ == "__main__":
    unittest.main()
