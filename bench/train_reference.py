"""PyTorch reference of the training experiments: Algorithm 1 (iteratively reweighted l^1), Adam and AdamW.

    python3 bench/train_reference.py < request.json > answer.json

The request: {"threads", "data": {"x", "y"}, "runs": [{"method", "p", "lambda", "learningRate", "reweightFrom",
"reweightAfter", "warmUp", "epochs", "network": {"inputWeights", "biases", "outputWeights", "skipWeights", "skipBias"}}]}.
The answer: {"torch", "runs": [{"seconds", "loss", "network"}]}; `seconds` is the time of `epochs` epochs after
`warmUp` others, `loss` is that of the final network. All in float64.
"""

import json
import sys
import time

import torch


class Network(torch.nn.Module):
    """sum_k v_k (w_k . x + b_k)+ and a skip: none, an output bias, or an affine function."""

    def __init__(self, plain):
        super().__init__()

        def parameter(value):
            return torch.nn.Parameter(torch.tensor(value, dtype=torch.float64))

        self.w = parameter(plain["inputWeights"])
        self.b = parameter(plain["biases"])
        self.v = parameter(plain["outputWeights"])
        self.a = None if plain["skipWeights"] is None else parameter(plain["skipWeights"])
        self.c = None if plain["skipBias"] is None else parameter(plain["skipBias"])

    def forward(self, x):
        f = torch.relu(torch.addmm(self.b, x, self.w.T)) @ self.v
        if self.a is not None:
            f = f + x @ self.a
        if self.c is not None:
            f = f + self.c
        return f

    def products(self):
        """K x 1 (one input, the bias is free) or K x (d + 1)."""
        weights = self.w if self.w.shape[1] == 1 else torch.cat([self.w, self.b[:, None]], 1)
        return self.v[:, None] * weights

    def plain(self):
        def numbers(value):
            return None if value is None else value.detach().tolist()

        return {
            "inputWeights": numbers(self.w),
            "biases": numbers(self.b),
            "outputWeights": numbers(self.v),
            "skipWeights": numbers(self.a),
            "skipBias": numbers(self.c),
        }


def proximal_step(net, previous, run):
    """Soft thresholding of the products at C = lambda gamma p |q|^(p-1), then the balanced split."""
    q = net.products()
    reference = previous if run["reweightFrom"] == "previous" else q
    threshold = run["lambda"] * run["learningRate"] * run["p"] * reference.abs() ** (run["p"] - 1)
    u = torch.sign(q) * torch.clamp(q.abs() - threshold, min=0)
    size = torch.linalg.vector_norm(u, dim=1)
    root = torch.sqrt(size)
    weights = torch.where(size[:, None] > 0, u.abs() / root[:, None], torch.zeros_like(u))
    d = net.w.shape[1]
    net.w.copy_(torch.sign(net.w) * weights[:, :d])
    if d > 1:
        net.b.copy_(torch.sign(net.b) * weights[:, d])
    net.v.copy_(torch.sign(net.v) * root)


def epochs_of(net, x, y, run, optimiser, done, count):
    """`count` epochs after the first `done`."""
    reweighted = run["method"] == "reweighted"
    for epoch in range(done + 1, done + count + 1):
        optimiser.zero_grad()
        error = torch.mean((net(x) - y) ** 2)
        error.backward()
        if reweighted and epoch > run["reweightAfter"]:
            with torch.no_grad():
                previous = net.products()
                optimiser.step()
                proximal_step(net, previous, run)
        else:
            optimiser.step()


def answer(run, x, y):
    net = Network(run["network"])
    if run["method"] == "adamw":
        optimiser = torch.optim.AdamW(net.parameters(), lr=run["learningRate"], weight_decay=run["lambda"])
    else:
        optimiser = torch.optim.Adam(net.parameters(), lr=run["learningRate"])
    epochs_of(net, x, y, run, optimiser, 0, run["warmUp"])
    start = time.perf_counter()
    epochs_of(net, x, y, run, optimiser, run["warmUp"], run["epochs"])
    seconds = time.perf_counter() - start
    with torch.no_grad():
        loss = torch.mean((net(x) - y) ** 2).item()
    return {"seconds": seconds, "loss": loss, "network": net.plain()}


def main():
    request = json.load(sys.stdin)
    torch.set_num_threads(request["threads"])
    x = torch.tensor(request["data"]["x"], dtype=torch.float64)
    y = torch.tensor(request["data"]["y"], dtype=torch.float64)
    runs = [answer(run, x, y) for run in request["runs"]]
    json.dump({"torch": torch.__version__, "runs": runs}, sys.stdout)


if __name__ == "__main__":
    main()
