"""Algorithm 1 over many seeds as one tensor: the fair peer of training one seed after the other.

    python3 bench/train_batched.py < request.json > answer.json

The request: {"threads", "data": {"x", "y"}, "p", "lambda", "learningRate", "reweightAfter", "warmUp", "epochs", "networks": [{"inputWeights",
"biases", "outputWeights"}]}, skip none, all of one width. The answer: {"torch", "seconds", "networks"}; `seconds` is the time of `epochs`
epochs of all networks after `warmUp` others, `networks` are those after `warmUp` epochs. Gradients are written out, in float64: no autograd.
"""

import json
import sys
import time

import torch


def main():
    request = json.load(sys.stdin)
    torch.set_num_threads(request["threads"])
    x = torch.tensor(request["data"]["x"], dtype=torch.float64)  # N x d
    y = torch.tensor(request["data"]["y"], dtype=torch.float64)  # N

    def stack(name):
        return torch.tensor([network[name] for network in request["networks"]], dtype=torch.float64)

    w, b, v = stack("inputWeights"), stack("biases"), stack("outputWeights")  # S x K x d, S x K, S x K
    moments = [[torch.zeros_like(t), torch.zeros_like(t)] for t in (w, b, v)]
    p, gamma = request["p"], request["learningRate"]
    scale = request["lambda"] * gamma * p
    n, d = x.shape

    def products():
        weights = w if d == 1 else torch.cat([w, b[:, :, None]], 2)
        return v[:, :, None] * weights

    def epoch(t):
        z = torch.einsum("skd,nd->skn", w, x) + b[:, :, None]
        active = torch.relu(z)
        residual = torch.einsum("skn,sk->sn", active, v) - y
        delta = (2 / n) * residual[:, None, :] * (z > 0)
        outer = delta * v[:, :, None]
        gradients = (torch.einsum("skn,nd->skd", outer, x), outer.sum(2), torch.einsum("sn,skn->sk", (2 / n) * residual, active))
        previous = products()
        for value, gradient, (first, second) in zip((w, b, v), gradients, moments):
            first.mul_(0.9).add_(gradient, alpha=0.1)
            second.mul_(0.999).addcmul_(gradient, gradient, value=0.001)
            root = (second / (1 - 0.999**t)).sqrt_().add_(1e-8)
            value.addcdiv_(first, root, value=-gamma / (1 - 0.9**t))
        if t <= request["reweightAfter"]:
            return
        q = products()
        u = torch.clamp(q.abs() - scale * previous.abs() ** (p - 1), min=0)
        size = torch.linalg.vector_norm(u, dim=2)
        root = torch.sqrt(size)
        weights = torch.where(size[:, :, None] > 0, u / root[:, :, None], torch.zeros_like(u))
        w.copy_(torch.sign(w) * weights[:, :, :d])
        if d > 1:
            b.copy_(torch.sign(b) * weights[:, :, d])
        v.copy_(torch.sign(v) * root)

    with torch.no_grad():
        for t in range(1, request["warmUp"] + 1):
            epoch(t)
        networks = [{"inputWeights": w[s].tolist(), "biases": b[s].tolist(), "outputWeights": v[s].tolist()} for s in range(len(w))]
        start = time.perf_counter()
        for t in range(request["warmUp"] + 1, request["warmUp"] + request["epochs"] + 1):
            epoch(t)
        seconds = time.perf_counter() - start
    json.dump({"torch": torch.__version__, "seconds": seconds, "networks": networks}, sys.stdout)


if __name__ == "__main__":
    main()
