"""Trains 100 small networks with PyTorch and saves them as .npz beside their data: python3 train_with_torch.py DIR. Then: python3 train_with_torch.py DIR check.

`check` loads every DIR/pruned-I.npz into a torch module and prints its outputs on the data, one JSON list a line.
"""

import json
import sys

import numpy as np
import torch


def outputs(w, b, v, x):
    return torch.relu(x @ w.T + b) @ v


def make(folder):
    torch.manual_seed(18)
    for i in range(100):
        d = 1 + i % 10
        n, k = 4 + i % 7, 3 + (3 * i) % 13
        x = torch.randint(-8, 9, (n, d), dtype=torch.float64) / 4
        x = torch.unique(x, dim=0)
        y = torch.randn(len(x), dtype=torch.float64)
        w, b, v = (torch.randn(s, dtype=torch.float64).requires_grad_() for s in ((k, d), (k,), (k,)))
        optimiser = torch.optim.Adam([w, b, v], lr=0.02)
        for _ in range(60):
            optimiser.zero_grad()
            torch.mean((outputs(w, b, v, x) - y) ** 2).backward()
            optimiser.step()
        arrays = {"w": w[:, :, None][..., 0], "b": b, "v": v}
        saved = {name: value.detach().numpy() for name, value in arrays.items()}
        np.savez(f"{folder}/net-{i}.npz", inputWeights=saved["w"], bias=saved["b"], outputWeights=saved["v"][None, :])
        np.savez(f"{folder}/data-{i}.npz", x=x.numpy(), y=y.numpy())


def check(folder):
    for i in range(100):
        net = np.load(f"{folder}/pruned-{i}.npz")
        data = np.load(f"{folder}/data-{i}.npz")
        hidden = torch.nn.Linear(net["inputWeights"].shape[1], len(net["inputWeights"]), dtype=torch.float64)
        out = torch.nn.Linear(len(net["inputWeights"]), 1, bias=False, dtype=torch.float64)
        names = {name: torch.tensor(net[name]) for name in net.files}
        hidden.load_state_dict({"weight": names["inputWeights"], "bias": names["bias"]})
        out.load_state_dict({"weight": names["outputWeights"].reshape(1, -1)})
        x = torch.tensor(data["x"])
        with torch.no_grad():
            print(json.dumps(out(torch.relu(hidden(x.reshape(len(x), -1))))[:, 0].tolist()))


if len(sys.argv) > 2:
    check(sys.argv[1])
else:
    make(sys.argv[1])
