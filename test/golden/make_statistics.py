"""Writes test/golden/statistics.json: intervals, p-values and corrections as SciPy and NumPy compute them.

Run: python test/golden/make_statistics.py   (needs scipy and numpy)

{ bootstrap: [{ name, blocks: [{ a: [[value]], b: [[value]] }], difference, low, high, p, spread }],
  wilson: [[successes, trials, low, high]], holm: [{ p, adjusted }], quantiles: [{ sorted, share, value }] }

One run a side: the percentile interval of scipy.stats.bootstrap with 400,000 resamples. Several runs: the same resampling in
NumPy, 200,000 times. `spread` is the standard deviation of the resampled means, for the tolerance.
"""

import json
import pathlib

import numpy
import scipy.stats

TAILS = [2.5, 97.5]


def one_pair(a, b):
    found = scipy.stats.bootstrap(
        (numpy.subtract(a, b),), numpy.mean, method="percentile", confidence_level=0.95,
        n_resamples=400_000, batch=20_000, rng=numpy.random.default_rng(5),
    )
    return found.bootstrap_distribution, found.confidence_interval.low, found.confidence_interval.high


def hierarchical(blocks, resamples=200_000):
    rng = numpy.random.default_rng(7)
    means = numpy.empty(resamples)
    sides = [(numpy.array(block["a"]), numpy.array(block["b"])) for block in blocks]
    for at in range(resamples):
        drawn = []
        for block in rng.integers(len(blocks), size=len(blocks)):
            a, b = sides[block]
            of_a, of_b = rng.integers(len(a), size=len(a)), rng.integers(len(b), size=len(b))
            images = rng.integers(a.shape[1], size=a.shape[1])
            drawn.append(a[of_a][:, images].mean() - b[of_b][:, images].mean())
        means[at] = numpy.mean(drawn)
    return means, *numpy.percentile(means, TAILS)


def case(name, blocks):
    is_pair = len(blocks) == 1 and len(blocks[0]["a"]) == len(blocks[0]["b"]) == 1
    means, low, high = one_pair(blocks[0]["a"][0], blocks[0]["b"][0]) if is_pair else hierarchical(blocks)
    difference = numpy.mean([numpy.mean(block["a"]) - numpy.mean(block["b"]) for block in blocks])
    p = min(1.0, 2 * min(numpy.mean(means <= 0), numpy.mean(means >= 0)))
    return {"name": name, "blocks": blocks, "difference": difference, "low": low, "high": high, "p": p,
            "spread": numpy.std(means)}


def values(rng, images, runs, shift, of_seed=0.3):
    """Hard images are hard for every run; a run has an effect of its own."""
    hard = rng.gamma(3, 2, images)
    side = lambda by, count: [numpy.round(hard + by + rng.normal(0, of_seed) + rng.normal(0, 1, images), 3).tolist() for _ in range(count)]
    return {"a": side(0, runs[0]), "b": side(shift, runs[1])}


def holm(p):
    order = numpy.argsort(p, kind="stable")
    scaled = numpy.minimum(1, (len(p) - numpy.arange(len(p))) * numpy.array(p)[order])
    adjusted = numpy.empty(len(p))
    adjusted[order] = numpy.maximum.accumulate(scaled)
    return adjusted.tolist()


def main():
    rng = numpy.random.default_rng(3)
    skewed = {"a": [numpy.round(rng.exponential(1, 60) ** 2, 3).tolist()], "b": [numpy.round(rng.exponential(1, 60), 3).tolist()]}
    cases = [
        case("one seed, a difference", [values(rng, 80, (1, 1), 1.0)]),
        case("one seed, none to speak of", [values(rng, 80, (1, 1), 0.1, 0)]),
        case("skewed", [skewed]),
        case("ten images", [values(rng, 10, (1, 1), 0.5)]),
        case("three seeds on shared images", [values(rng, 60, (3, 3), 1.0)]),
        case("three seeds and one on shared images", [values(rng, 40, (3, 1), 0.2)]),
        case("three seeds with images of their own", [values(rng, 30, (1, 1), 0.8) for _ in range(3)]),
    ]
    counts = [(0, 10), (10, 10), (1, 3), (142, 180), (5, 1000), (999, 1000), (20, 40)]
    wilson = [
        [k, n, *scipy.stats.binomtest(k, n).proportion_ci(0.95, method="wilson")] for k, n in counts
    ]
    families = [[0.01, 0.04, 0.03, 0.005], [0.2], [0.05, 0.05, 0.05], [0.9, 0.0002, 0.6, 0.021, 0.021]]
    numbers = numpy.sort(numpy.round(rng.normal(size=11), 4)).tolist()
    golden = {
        "bootstrap": cases,
        "wilson": wilson,
        "holm": [{"p": p, "adjusted": holm(p)} for p in families],
        "quantiles": [{"sorted": numbers, "share": q, "value": numpy.quantile(numbers, q)} for q in (0, 0.025, 0.5, 0.77, 1)],
    }
    path = pathlib.Path(__file__).with_name("statistics.json")
    path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
    print(path, path.stat().st_size, [(c["name"], c["difference"], c["low"], c["high"], c["p"]) for c in cases])


if __name__ == "__main__":
    main()
