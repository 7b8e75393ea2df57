"""What lemmaturk makes of words: ids, the logits at each letter of its lemma, and the lemma. Input: a list of words."""

import json
import sys

import torch
from lemmaturk import Lemmatizer

lemmatizer = Lemmatizer("cpu")
ids, model = lemmatizer.char_to_idx, lemmatizer.model
answers = []
for word in json.load(sys.stdin):
    lemma = lemmatizer.lemmatize(word)
    source, target = ([ids.get(letter, ids["<UNK>"]) for letter in text] + [ids["<EOS>"]] for text in (word, lemma))
    shifted = torch.tensor([[ids["<SOS>"], *target[:-1]]])
    mask = lemmatizer._generate_square_subsequent_mask(len(target))
    with torch.no_grad():
        memory = model.encode(torch.tensor([source]), None)
        logits = model.generator(model.decode(shifted, memory, mask))[0]
    answers.append({"source": source, "target": target, "logits": logits.flatten().tolist(), "lemma": lemma})
json.dump(answers, sys.stdout)
