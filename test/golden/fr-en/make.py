"""What Hugging Face transformers makes of the embedded model in float32: make.py FOLDER sentences.json

The model is stored in int8, which transformers does not read: FOLDER is the same with what its integers stand for, as written by
`convertFolder('models/fr-en', FOLDER, 'float32')`.

Greedy search and the best of beam 4 (length_penalty 1.0, early_stopping false), ids without the start and with </s>.
"""
import json, sys
import torch, transformers
from transformers import MarianMTModel, MarianTokenizer

folder, out = sys.argv[1:]
SENTENCES = ['Je suis étudiant.', 'merci', 'Merci beaucoup pour votre aide.', 'quatre-vingt-dix-sept', "J'ai vingt-trois ans.",
             'mille neuf cent quatre-vingt-quatre', 'Où est la gare ?', "C'est l'heure de partir.", 'Il pleut.', 'le chat',
             "Elle ne m'a jamais parlé de son travail.", 'Je ne sais pas quoi faire.', 'Quelle heure est-il ?', 'Tom aime les pommes.',
             "Quand j'étais petit, nous passions tous les étés au bord de la mer chez mes grands-parents.",
             "Je m'appelle Marie.", "S'il vous plaît.", 'Bonsoir !', 'Enchanté.',
             'Nous n’avons pas assez de temps.', 'C’est l’heure de partir.', 'Il a dit “oui” et peut\u2011être ‘non’.']
model = MarianMTModel.from_pretrained(folder, dtype=torch.float32).eval()
tokenizer = MarianTokenizer.from_pretrained(folder)


def best(ids, beams):
    with torch.no_grad():
        made = model.generate(torch.tensor([ids]), num_beams=beams, max_length=128, length_penalty=1.0, early_stopping=False)[0].tolist()[1:]
    return {'ids': made, 'text': tokenizer.decode(made, skip_special_tokens=True)}


def golden(source):
    ids = tokenizer(source)['input_ids']
    return {'source': source, 'ids': ids, 'greedy': best(ids, 1), 'beam4': best(ids, 4)}


made = {'made with': f'transformers {transformers.__version__}, torch {torch.__version__}, float32', 'sentences': [golden(s) for s in SENTENCES]}
json.dump(made, open(out, 'w'), ensure_ascii=False, indent=1)
