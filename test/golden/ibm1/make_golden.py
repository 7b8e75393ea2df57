"""Translation probabilities of IBM model 1 as NLTK (3.10.4) finds them: python make_golden.py > ibm1.json

Ids in place of words: NLTK takes anything. No target token is twice in a sentence: there NLTK divides by twice the sum. Every pair of tokens that are in one sentence pair, after 1, 2 and 6 rounds.
"""
import json
import random

from nltk.translate import AlignedSent, IBMModel1

random.seed(7)
pairs = []
for _ in range(40):
    source = [min(random.randrange(30), random.randrange(30)) for _ in range(random.randint(1, 8))]
    # Each token becomes one of two, now and then nothing or something else.
    target = [2 * s + (random.random() < 0.3) for s in source if random.random() < 0.9]
    target += [random.randrange(60) for _ in range(random.randint(0, 2))]
    target = list(dict.fromkeys(target)) or [0]
    random.shuffle(target)
    pairs.append((source, target))

rounds = {}
for count in (1, 2, 6):
    # A sentence of NLTK is (target, source): it translates from the second.
    model = IBMModel1([AlignedSent(t, s) for s, t in pairs], count)
    seen = sorted({(-1 if s is None else s, t) for ss, ts in pairs for s in [None, *ss] for t in ts})
    rounds[count] = [[s, t, model.translation_table[t][None if s < 0 else s]] for s, t in seen]
print(json.dumps({"pairs": pairs, "rounds": rounds}, separators=(",", ":")))
