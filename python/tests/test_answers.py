"""Every function of the package, on data with known answers."""

import gzip
import json
import random
import tempfile
import unittest
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import sparsest

X = [-2, -1, 0, 1, 2, 3]
Y = [0, 0, 1, 1, 0, 0]
XOR = [[0, 0], [0, 1], [1, 0], [1, 1]]


class Solve(unittest.TestCase):
    def test_the_example_of_the_paper(self):
        solution = sparsest.solve(X, Y)
        self.assertEqual(solution.status, "optimal")
        self.assertEqual((solution.neurons, solution.bounds), (3, (3, 3)))
        self.assertEqual([knot.at for knot in solution.knots], [-1, Fraction(1, 2), 2])
        self.assertEqual([knot.slope_change for knot in solution.knots], [1, -2, 1])
        self.assertIsInstance(solution.knots[0].at, Fraction)
        self.assertEqual(solution.knots.floats, [(-1.0, 1.0), (0.5, -2.0), (2.0, 1.0)])
        self.assertEqual(solution.predict([0.25, 10]), [1.25, 0.0])
        self.assertTrue(solution.unique)
        self.assertFalse(solution.interrupted)
        self.assertIs(solution.check(), True)

    def test_random_data_are_met_exactly(self):
        seeded = random.Random(7)
        for size in (1, 2, 3, 8, 30):
            xs = seeded.sample(range(1000), size)
            ys = [Fraction(seeded.randrange(-50, 50), seeded.randrange(1, 9)) for _ in xs]
            for skip in ("affine", "bias"):
                solution = sparsest.solve(xs, ys, skip=skip)
                self.assertTrue(solution.check())
                self.assertEqual([solution.network.exact(x) for x in xs], ys)
                self.assertEqual(solution.skip, skip)
                for value, y in zip(solution.predict(xs), ys):
                    self.assertAlmostEqual(value, float(y), places=7)

    def test_mirrored_data_have_the_same_count(self):
        seeded = random.Random(11)
        xs = list(range(20))
        ys = [seeded.randrange(9) for _ in xs]
        count = sparsest.solve(xs, ys).neurons
        self.assertEqual(sparsest.solve([-x for x in xs], ys).neurons, count)
        self.assertEqual(sparsest.solve(xs, [-y for y in ys]).neurons, count)

    def test_numbers_are_taken_exactly(self):
        # 0.1, 0.2, 0.3 lie on a line as decimals, and not as floats.
        self.assertEqual(sparsest.solve([0, 1, 2], ["0.1", "0.2", "0.3"]).neurons, 0)
        self.assertEqual(sparsest.solve([0, 1, 2], [0.1, 0.2, 0.3]).neurons, 1)
        self.assertEqual(sparsest.solve([0, 1, 2], [Decimal("0.1"), Fraction(1, 5), "3/10"]).neurons, 0)
        self.assertEqual(sparsest.solve([0, 1, 2], [2**60, 2**60 + 1, 2**60 + 2]).neurons, 0)
        self.assertEqual(sparsest.solve([0, 1, 2], [2**60, 2**60 + 1, 2**60 + 3]).neurons, 1)
        self.assertEqual(sparsest.solve(X, Y, tolerance=Fraction(1, 3)).tolerance, Fraction(1, 3))
        self.assertEqual(sparsest.solve(X, Y, tolerance=0.1).tolerance, Fraction(0.1))
        self.assertEqual(sparsest.solve(X, Y, tolerance="0.1").tolerance, Fraction(1, 10))

    def test_budget(self):
        solution = sparsest.solve(X, Y, budget=1)
        self.assertEqual((solution.tolerance, solution.bounds), (Fraction(1, 4), (Fraction(1, 4), Fraction(1, 4))))
        self.assertLessEqual(solution.neurons, 1)
        self.assertEqual(max(abs(solution.network.exact(x) - y) for x, y in zip(X, Y)), Fraction(1, 4))
        self.assertTrue(solution.check())

    def test_windows_weights_and_shapes(self):
        solution = sparsest.solve([0, 1, 2], lower=[0, 1, 0], upper=[1, 2, 1])
        self.assertTrue(0 <= solution.network.exact(0) <= 1 <= solution.network.exact(1) <= 2)
        self.assertEqual(sparsest.solve([0, 1, 2], [0, 1, 0], weights=[1, 1, 1], tolerance=1).neurons, 0)
        convex = sparsest.solve([0, 1, 2], [0, 0, 1], convex=True)
        self.assertEqual((convex.status, convex.neurons), ("optimal", 1))
        forbidden = sparsest.solve([0, 1, 2], [0, 1, 0], convex=True)
        self.assertEqual((forbidden.status, forbidden.bounds, forbidden.neurons), ("infeasible", None, None))
        self.assertTrue(forbidden.conflict)
        with self.assertRaises(sparsest.InfeasibleError):
            forbidden.predict([1])
        self.assertEqual(sparsest.solve(X, Y, max_knots=2).status, "infeasible")

    def test_several_inputs(self):
        solution = sparsest.solve(XOR, [0, 1, 1, 0])
        self.assertEqual((solution.neurons, solution.skip), (2, "none"))
        self.assertEqual([solution.network.exact(row) for row in XOR], [0, 1, 1, 0])
        for value, y in zip(solution.predict(XOR), [0, 1, 1, 0]):
            self.assertAlmostEqual(value, y)
        self.assertTrue(solution.check())
        parameters = sparsest.solve(XOR, [0, 1, 1, 0], objective="parameters")
        self.assertEqual((parameters.objective, parameters.bounds), ("parameters", (4, 4)))
        with self.assertRaises(sparsest.SparsestError):
            solution.knots

    def test_files(self):
        solution = sparsest.solve(X, Y)
        with tempfile.TemporaryDirectory() as place:
            plain, packed, network = (Path(place, name) for name in ("proof.json", "proof.json.gz", "network.json"))
            solution.certificate.save(plain)
            solution.certificate.save(packed)
            solution.network.save(network)
            self.assertEqual(json.loads(plain.read_text())["claim"], solution.certificate.claim)
            self.assertEqual(gzip.decompress(packed.read_bytes()), plain.read_bytes())
            self.assertEqual(sparsest.Network.load(network).neurons, solution.network.neurons)

    def test_a_forged_certificate_is_rejected(self):
        certificate = sparsest.solve(X, Y).certificate
        forged = dict(certificate.json, claim=dict(certificate.claim, lowerBound=4, upperBound=4))
        with self.assertRaises(sparsest.CheckFailed) as caught:
            sparsest.Certificate(json.dumps(forged).encode(), certificate._data).check()
        self.assertTrue(caught.exception.rule)

    def test_notebooks(self):
        page = sparsest.solve(X, Y)._repr_html_()
        self.assertIn("3 neurons", page)
        self.assertIn("<svg", page)
        self.assertIn("infeasible", sparsest.solve([0, 1, 2], [0, 1, 0], convex=True)._repr_html_())
        self.assertNotIn("<svg", sparsest.solve(XOR, [0, 1, 1, 0])._repr_html_())


class Others(unittest.TestCase):
    def test_minimize(self):
        minimum = sparsest.minimize(X, Y, p=0.5)
        # The minimiser is the function above: slope changes 1, -2, 1.
        self.assertTrue(minimum.cost.lower <= Fraction(2 + 2**0.5) + Fraction(1, 10**9))
        self.assertLess(minimum.cost.upper - minimum.cost.lower, Fraction(1, 10**12))
        self.assertEqual((minimum.unique, minimum.sparsest, len(minimum.knots)), (True, True, 3))
        self.assertEqual(minimum.predict([0]), [1.0])
        self.assertTrue(minimum.check())
        self.assertIn("least", minimum._repr_html_())
        several = sparsest.minimize(XOR, [0, 1, 1, 0], p="1/2")
        self.assertTrue(several.cost.lower <= 4 <= several.cost.upper)

    def test_threshold(self):
        x = ["-35/2", "-31/2", "-17/2", "-15/2", "1", "2"]
        found = sparsest.threshold(X, Y, path=True)
        self.assertEqual(found.p_star, (1, 1))
        self.assertEqual((found.path[0].start, found.path[-1].end), (0, 1))
        self.assertTrue(found.check())
        self.assertIn("p*", found._repr_html_())
        self.assertGreater(sparsest.threshold(x, [0, 1, 5, 7, 2, 1]).p_star.upper, 0)

    def test_tradeoff(self):
        found = sparsest.tradeoff(X, Y)
        self.assertEqual(found.curve[0], (0, Fraction(1, 2)))
        self.assertEqual(found.curve[-1], (3, 0))
        self.assertTrue(found.complete and found.check())
        self.assertIn("0.25", found._repr_html_())
        for knots, tolerance in found.curve:
            self.assertEqual(sparsest.solve(X, Y, budget=knots).tolerance, tolerance)

    def test_patterns(self):
        found = sparsest.patterns(XOR)
        self.assertEqual((found.count, len(found), found.complete), (14, 14, True))
        for pattern in found.patterns:
            signs = "".join("1" if sum(w * t for w, t in zip(pattern.input_weights, row)) + pattern.bias > 0 else "0" for row in XOR)
            self.assertEqual(signs, pattern.active)
        self.assertTrue(found.check())
        self.assertIn("14", found._repr_html_())
        self.assertFalse(sparsest.patterns(XOR, limit=5).complete)

    def test_train_and_verify(self):
        trained = sparsest.train(X, Y, epochs=5000, p=0.4, seed=0, polish=True)
        self.assertEqual(trained.status, "finished")
        self.assertLess(trained.largest_residual, 0.05)
        self.assertIsNotNone(trained.polished)
        self.assertIn("residual", trained._repr_html_())
        report = sparsest.verify(trained, X, Y, tolerance="0.1")
        self.assertTrue(report.claim("interpolates").holds)
        self.assertEqual(report.neurons, trained.active_neurons)
        self.assertEqual(report.bounds, (3, 3))
        self.assertEqual(bool(report), report.neurons == 3)
        self.assertTrue(report.check())
        self.assertEqual(len(report.repaired), 3)
        self.assertIn("interpolates", report._repr_html_())
        self.assertIn("sparsest", str(report))
        self.assertLess(max(abs(a - b) for a, b in zip(trained.predict(X), Y)), 0.05)

    def test_verify_networks_state_dicts_and_files(self):
        solution = sparsest.solve(X, Y, skip="bias")
        self.assertTrue(sparsest.verify(solution.network, X, Y))
        self.assertTrue(sparsest.verify(solution, X, Y))
        state = {"hidden.weight": [[1.0], [1.0], [1.0]], "hidden.bias": [1.0, -0.5, -2.0], "output.weight": [[1.0, -2.0, 1.0]]}
        report = sparsest.verify(state, X, Y)
        self.assertTrue(report and report.check())
        with tempfile.TemporaryDirectory() as place:
            solution.network.save(Path(place, "network.json"))
            self.assertTrue(sparsest.verify(Path(place, "network.json"), X, Y))
        state["output.weight"][0][1] = -1.5
        wrong = sparsest.verify(state, X, Y)
        self.assertIs(wrong.holds, False)
        self.assertEqual(Fraction(wrong.claim("interpolates").measured), Fraction(5, 4))

    def test_assert_sparsest(self):
        solution = sparsest.solve(X, Y, skip="none")
        self.assertTrue(sparsest.assert_sparsest(solution, X, Y))
        wide = {"fc1.weight": [[1.0], [1.0], [1.0], [1.0]], "fc1.bias": [1.0, 1.0, -0.5, -2.0], "fc2.weight": [[0.5, 0.5, -2.0, 1.0]]}
        with self.assertRaises(AssertionError) as caught:
            sparsest.assert_sparsest(wide, X, Y)
        text = str(caught.exception)
        for part in ("sparsest fails", "1 more than needed", "what to do", "neurons 0 and 1"):
            self.assertIn(part, text)
        self.assertEqual(sparsest.assert_sparsest(wide, X, Y, slack=1).neurons, 4)
        with self.assertRaisesRegex(AssertionError, r"interpolates fails: x\[3\] of X, y"):
            sparsest.assert_sparsest(solution, X, [0, 0, 1, 2, 0, 0])

    def test_regressor(self):
        model = sparsest.SparsestRegressor(tolerance="0.1")
        self.assertEqual(model.get_params()["tolerance"], "0.1")
        self.assertEqual(repr(model), "SparsestRegressor(tolerance='0.1')")
        with self.assertRaises(AttributeError):
            model.predict(X)
        rows = [[x] for x in X]
        self.assertIs(model.fit(rows, Y), model)
        self.assertEqual((model.neurons_, model.bounds_, model.n_features_in_), (3, (3, 3), 1))
        self.assertGreater(model.score(rows, Y), 0.9)
        self.assertEqual(model.set_params(tolerance=0).fit(X, Y).score(X, Y), 1.0)
        with self.assertRaises(ValueError):
            model.set_params(depth=3)
        with self.assertRaises(sparsest.InputError):
            model.fit(X, Y, sample_weight=[1] * 6)

    def test_every_name_is_there(self):
        for name in sparsest.__all__:
            self.assertTrue(hasattr(sparsest, name), name)
            self.assertTrue(name.startswith("__") or getattr(sparsest, name).__doc__, name)


class BadInput(unittest.TestCase):
    def refused(self, pattern, call):
        with self.assertRaisesRegex(sparsest.InputError, pattern):
            call()

    def test_data(self):
        self.refused(r"y\[1\]: expected a finite number, found NaN", lambda: sparsest.solve([0, 1], [0, float("nan")]))
        self.refused(r"y: expected 2 numbers", lambda: sparsest.solve([0, 1], [0]))
        self.refused(r"X\[1\]: expected 2 numbers", lambda: sparsest.solve([[0, 1], [0]], [0, 1]))
        self.refused(r"N at least 1", lambda: sparsest.solve([], []))
        self.refused(r"X: expected an array of numbers, found 3", lambda: sparsest.solve(3, [0]))
        self.refused(r"y\[0\]: expected a number", lambda: sparsest.solve([0, 1], ["a", "2"]))
        self.refused(r"y\[0\]: expected a number, found <object", lambda: sparsest.solve([0, 1], [object(), 2]))
        self.refused(r"different labels 0 and 1", lambda: sparsest.solve([0, 0], [0, 1]))
        self.refused(r"found neither|labels", lambda: sparsest.solve([0, 1]))

    def test_options(self):
        self.refused(r"unknown option '--depth", lambda: sparsest.solve(X, Y, depth=3))
        self.refused(r"skip", lambda: sparsest.solve(X, Y, skip="some"))
        self.refused(r"tolerance", lambda: sparsest.solve(X, Y, tolerance=-1))
        self.refused(r"0 <= p <= 1", lambda: sparsest.minimize(X, Y, p=2))
        self.refused(r"name of an option", lambda: sparsest.solve(X, Y, json=True))

    def test_models(self):
        self.refused(r"expected a torch module", lambda: sparsest.verify(3, X, Y))
        self.refused(r"no such file", lambda: sparsest.verify("absent.pt", X, Y))
        self.refused(r"model.safetensors", lambda: sparsest.verify({"a": [[1.0, 2.0]], "b": [3.0]}, X, Y))
        self.refused(r"expected floats", lambda: sparsest.verify({"a": ["x"]}, X, Y))
        self.refused(r"expected rows of 1 numbers", lambda: sparsest.solve(X, Y).predict([[1, 2]]))
        self.refused(r"expected a sparsest-network", lambda: sparsest.Network({"format": "other"}))


if __name__ == "__main__":
    unittest.main()
