#!/usr/bin/env python3
"""Golden values of training: AdamW, clipped gradients, learning-rate schedules.

    python3 training.py           writes src/test/resources/golden/training.safetensors

Requirements and conventions as in goldens.py.
"""

import json

import torch

from goldens import FOLDER, Golden, Inputs, to_float32

STEPS = 20
ADAMW = {
    "adamw": {"lr": 0.01},
    "adamw_strong": {"lr": 0.01, "betas": [0.8, 0.99], "eps": 1e-6, "weight_decay": 0.5},
}
MOST = 2.5
SCHEDULES = {
    "cosine": {"eta_min": 0.1, "T_max": STEPS},
    "drops": {"milestones": [4, 9, 15], "gamma": 0.3},
    "warm_up_cosine": {"warm_up": 5, "T_max": STEPS - 5},
}


def adamw(golden, inputs):
    initial = inputs.bell(13)
    golden.input("adamw.initial", initial)
    # Element 0 never has a gradient, but still decays.
    gradients = [to_float32(inputs.bell(13) * torch.tensor([0.0, 1000.0] + [1.0] * 11)) for _ in range(5)]
    for index, gradient in enumerate(gradients):
        golden.input(f"adamw.grad{index}", gradient)
    for name, settings in ADAMW.items():
        value = initial.clone().requires_grad_()
        optimizer = torch.optim.AdamW([value], **settings)
        for index, gradient in enumerate(gradients):
            value.grad = gradient.clone()
            optimizer.step()
            golden.result(f"{name}.value{index}", value.clone())


def clipping(golden, inputs):
    """Two parameters whose norm together is clipped; in step 1 it is small enough."""
    values = [inputs.bell(7), inputs.bell(3)]
    for part, value in zip("ab", values):
        golden.input(f"clip.initial.{part}", value)
        value.requires_grad_()
    optimizer = torch.optim.SGD(values, lr=0.1)
    norms = []
    for index, scale in enumerate((3.0, 0.1, 20.0)):
        for part, value in zip("ab", values):
            value.grad = inputs.bell(*value.shape, scale=scale)
            golden.input(f"clip.grad{index}.{part}", value.grad.clone())
        norms.append(torch.nn.utils.clip_grad_norm_(values, MOST).item())
        optimizer.step()
        for part, value in zip("ab", values):
            golden.result(f"clip.value{index}.{part}", value.clone())
    golden.result("clip.norms", torch.tensor(norms, dtype=torch.float64))


def schedules(golden):
    for name, settings in SCHEDULES.items():
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
        kinds = torch.optim.lr_scheduler
        if name == "cosine":
            schedule = kinds.CosineAnnealingLR(optimizer, **settings)
        elif name == "drops":
            schedule = kinds.MultiStepLR(optimizer, **settings)
        else:
            rise = settings["warm_up"]
            first = kinds.LinearLR(optimizer, start_factor=1 / rise, total_iters=rise - 1)
            then = kinds.CosineAnnealingLR(optimizer, settings["T_max"])
            schedule = kinds.SequentialLR(optimizer, [first, then], milestones=[rise])
        factors = []
        for _ in range(STEPS):
            factors.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            schedule.step()
        golden.result(f"schedule.{name}", torch.tensor(factors, dtype=torch.float64))


def main():
    torch.set_num_threads(1)
    settings = {name: json.dumps(one) for name, one in {**ADAMW, **SCHEDULES}.items()}
    golden = Golden(script="training.py", clip=str(MOST), **settings)
    inputs = Inputs("training")
    adamw(golden, inputs)
    clipping(golden, inputs)
    schedules(golden)
    (FOLDER / "training.safetensors").write_bytes(golden.bytes())


if __name__ == "__main__":
    main()
