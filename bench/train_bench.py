"""Training rate of the seed's models in PyTorch on random ids, with the same mathematics as
undersong-train: Keras' initial shapes and loss, Adamax in Keras' form, batch 256, window 10.

  train_bench.py lstm|conv1d|merge [STEPS] [BATCH] [VOCABULARY]
"""

import sys
import time

import torch


class Lstm(torch.nn.Module):
    def __init__(self, vocab):
        super().__init__()
        self.first = torch.nn.LSTM(1, 512, batch_first=True)
        self.second = torch.nn.LSTM(512, 256, batch_first=True)
        self.dense = torch.nn.Linear(256, 256)
        self.out = torch.nn.Linear(256, vocab)
        self.drop = torch.nn.Dropout(0.1)

    def forward(self, x):
        hidden = self.drop(self.first(x)[0])
        last = self.second(hidden)[0][:, -1]
        return self.out(self.drop(self.dense(last)))


class Conv1d(torch.nn.Module):
    def __init__(self, vocab):
        super().__init__()
        self.conv = torch.nn.Conv1d(1, 256, 3)
        self.dense = torch.nn.Linear(256, 64)
        self.out = torch.nn.Linear(64, vocab)
        self.drop = torch.nn.Dropout(0.1)

    def forward(self, x):
        hidden = torch.relu(self.conv(x.transpose(1, 2))).transpose(1, 2)
        logits = self.out(self.drop(self.dense(self.drop(hidden))))
        largest = torch.softmax(logits, -1).max(1)[0]
        return torch.log(largest)  # cross_entropy renormalises, as Keras' loss does


class Merge(torch.nn.Module):
    def __init__(self, vocab):
        super().__init__()
        self.conv = torch.nn.Conv1d(1, 256, 3)
        self.lstm = torch.nn.LSTM(256, 256, batch_first=True)
        self.dense = torch.nn.Linear(256, 256)
        self.out = torch.nn.Linear(256, vocab)
        self.drop = torch.nn.Dropout(0.1)

    def forward(self, x):
        hidden = torch.relu(self.conv(x.transpose(1, 2))).transpose(1, 2)
        last = self.lstm(self.drop(hidden))[0][:, -1]
        return self.out(self.drop(self.dense(last)))


def main():
    name = sys.argv[1]
    steps = int(sys.argv[2]) if len(sys.argv) > 2 else 30
    batch = int(sys.argv[3]) if len(sys.argv) > 3 else 256
    vocab = int(sys.argv[4]) if len(sys.argv) > 4 else 300
    torch.manual_seed(1)
    model = {"lstm": Lstm, "conv1d": Conv1d, "merge": Merge}[name](vocab)
    optimiser = torch.optim.Adamax(model.parameters(), lr=0.01, eps=1e-7)
    seconds = []
    for step in range(steps + 3):
        x = torch.randint(vocab, (batch, 10, 1)).float() / vocab
        y = torch.randint(vocab, (batch,))
        start = time.perf_counter()
        optimiser.zero_grad(set_to_none=True)
        loss = torch.nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimiser.step()
        value = loss.item()
        if step >= 3:
            seconds.append(time.perf_counter() - start)
    median = sorted(seconds)[len(seconds) // 2]
    print(
        f"pytorch {torch.__version__} {name} [{torch.get_num_threads()} threads]: "
        f"median step {1e3 * median:.2f} ms -> {batch / median:.0f} samples/s; loss {value:.3f}"
    )


main()
