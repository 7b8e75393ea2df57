"""Writes golden.json beside it, and src/learn/evaluate/british-spellings.ts.

pip install whisper_normalizer==0.1.15 jiwer; python make.py
"""

import json
import random
import re
from importlib.resources import files
from pathlib import Path

import jiwer
from whisper_normalizer.basic import BasicTextNormalizer
from whisper_normalizer.english import EnglishTextNormalizer

here = Path(__file__).parent
mapping = json.loads(files("whisper_normalizer").joinpath("normalizers/english.json").read_text())
english, basic, split = EnglishTextNormalizer(), BasicTextNormalizer(), BasicTextNormalizer(split_letters=True)

written = r"""
Mr. Smith won't go; he can't, he's been told. | Let's meet at Dr. Jones's at 5 p.m. | I'd've gone, y'all!
She'd been gone. He'd done it. It's got to be. | We're gonna wanna kinda sorta gotta. I dunno | Uh, um, hmm, mhm: yes.
The colour of the theatre's programme was grey. | He realised the neighbours' honour. | [laughter] Hello (applause) <unk> there
twenty one | one oh one | nineteen eighty four | two thousand and twenty three | three point one four | minus twenty degrees
ten thousand dollars | twenty million pounds | five dollars and seven cents | $2 and ¢7 | fifty percent | fifty per cent | per diem
one hundred and one dalmatians | two and a half million | house and a half | a hundred and a half | double oh seven | triple nine
the 1960s | the nineteen sixties | twenty first century | one hundredth | three thirds | 274th 32 nd 21 st | the twenty-first of June
1,000,000 people | 3.14159 | 192.168.0.1 | $20 million | £3.50 | €0.05 | $0.07 | 10% | % alone | 100 % sure | ¢50 | -5 | +7 plus 8
point five | zero point zero five | oh no | o | one | ones | two ones | the first one | point taken | double trouble | double twelve
sixty six sixes | twenty twenties | two hundreds | five thousandth | zero thousand | 0 thousand | 0 thousandth | 0 one | 0 oh
one two three four five | eleven twelve | twenty eleven | one twenty three | seven eleven | five hundred five | five hundred fifteen
two point five million | 1.5 million | 1.55 hundred | 1.005 hundred | 1.5 hundredth | 1.255 hundredths | .5 | 5. | 1. 5 | 1 point 5 point 6
positive | negative one | plus | minus point | and | and one | one and | one and two | hundred and | hundred and two | thousand and 5
naïve café Ångström straße Œuvre smørrebrød Łódź þing ÆON | don ' t stop | rock 'n' roll 'twas | O'Neill's | 'm 's
a1b2 c3 4d 5s 6th 7 th | x2 2x | 1s | 1 | one's | 1's | 21's | 1st 2nd 3rd | "quoted" — dash – en… ellipsis | e.g. i.e. U.S.A.
St. John's Rev. Capt. Gen. Sen. Rep. Pres. Hon. Asst. Assoc. Lt. Col. Jr. Sr. Esq. Prof. Gov. Ald. Mrs. Imma I'ma ma'am 'cause
one million two hundred thirty four thousand five hundred sixty seven | nine decillion | one googol | hundred thousand million
two dollars three cents | two dollars and three | dollars | cents | ten euros | one pound | a pound | euro | $ 5 | $5 $6 | 5$ | 5€ 6%
٣ apples | १२ मिनट | ５ dollars | ² squared | ½ cup | Ⅳ | 1½ miles | ① | x\u00a0y\u2009z | tab\there | line\nbreak. | end.\n | \ufeffbom
mother-in-law twenty-five-year-old | 5-year-old | 10:30 | 12/25/2020 | #1 | C++ | a_b | @home | 50 cents | ¢ | 5 ¢ | £ | ten % | five%
counsellor counselling organisation tyres | cheque mum jewellery aluminium | analyse catalogue dialogue defence licence
triple oh | double zero one | double one two | triple five hundred | oh oh seven | zero zero | twenty oh one | two oh two | ten oh
negative positive five | plus five dollars | minus 5 dollars | minus $5 | half and half | one and a half | 3 and a half | and a half
I have 1 and 2 | one hundred one hundred | one one one | sixty-six | six six six | forty second | second | third | seconds | thirds
"""
foreign = r"""
Ça va très bien, merci ! | L'été dernier, à Noël… | Où est-ce qu'on va ? (rires) | Größe, Straße und Übermut. | ¿Qué tal, señor? ¡Olé!
你好，世界！ | 東京は、日本の首都です。 | がぎぐげご ﾊﾟﾋﾟ | สวัสดีครับ | हिन्दी में लिखा है। | Привет, мир! Ёлка. | שלום עוֹלָם | مرحبا، بالعالم ٣
ΟΔΟΣ Σίσυφος | İstanbul ıI | Đà Nẵng, Việt Nam | [musik] Hej på dig! | <b>gras</b> | ﬁn ½ ² ① Ⅳ | 한국어, 안녕! | 👍 ok 👨‍👩‍👧 | a\u0301b c\u0327 | x_y
"""
texts = lambda block: [t.strip(" ") for line in block.strip("\n").split("\n") for t in line.split("|")]
# Spaces of other kinds are spelled as escapes.
spelled = lambda text: re.sub(r"\\(u....|[nt])", lambda m: json.loads(f'"{m[0]}"'), text)
random.seed(64)
vocabulary = """one two three five nine ten twelve nineteen twenty fifty ninety hundred thousand million zero oh o and double triple
point minus plus dollars cents pounds euro percent per cent first second third twelfth twentieth sixes tens nineties hundreds millionth
5 12 0 00 100 3.5 1.0 $7 £2.50 ¢5 1,200 7th 20% the of a and a half it's he'd colour theatre don't Mr. st no.""".split()
made = [" ".join(random.choices(vocabulary, k=random.randint(2, 9))) for _ in range(600)]


def normal(normalize, text):
    try:
        return [[text, normalize(text)]]
    except Exception:  # the original fails at a few texts
        return []


sources, abroad = ([spelled(t) for t in texts(block)] for block in (written, foreign))
words = "the cat sat on a mat and then it ran away".split()
pairs = []
for _ in range(60):
    said = random.choices(words, k=random.randint(1, 12))
    heard = [random.choice(words) if random.random() < 0.2 else w for w in said if random.random() > 0.15]
    for _ in range(random.randint(0, 3)):
        heard.insert(random.randint(0, len(heard)), random.choice(words))
    said, heard = " ".join(said), " ".join(heard)
    pairs.append([said, heard, jiwer.wer(said, heard), jiwer.cer(said, heard)])
golden = {
    "english": [pair for text in sources + made + abroad for pair in normal(english, text)],
    "basic": [pair for text in abroad + sources for pair in normal(basic, text)],
    "split": [pair for text in abroad for pair in normal(split, text)],
    "rates": pairs,
    "corpus": [jiwer.wer([p[0] for p in pairs], [p[1] for p in pairs]), jiwer.cer([p[0] for p in pairs], [p[1] for p in pairs])],
}
rows = lambda pairs: "[\n" + ",\n".join("  " + json.dumps(p, ensure_ascii=False) for p in pairs) + "\n]"
(here / "golden.json").write_text("{\n" + ",\n".join(f'"{k}": {rows(v)}' for k, v in golden.items()) + "\n}\n")

licence = (here / "LICENSE").read_text().strip()
lines, line = [], ""
for british, american in mapping.items():
    pair = f"{british} {american}"
    if len(line) + len(pair) + 2 > 118:
        lines.append(line)
        line = ""
    line += f"{', ' if line else ''}{pair}"
lines.append(line)
comment = "\n".join(f" * {row}".rstrip() for row in licence.split("\n"))
(here / "../../../src/learn/evaluate/british-spellings.ts").write_text(
    f"""/*!
 * British spellings and the American ones, from openai/whisper, normalizers/english.json. The file is written by
 * test/golden/whisper-normalizer/make.py.
 *
{comment}
 */

const SPELLINGS = `
"""
    + ",\n".join(lines)
    + """`

let spellings: ReadonlyMap<string, string> | undefined

/** American spellings by the British ones, both in small letters. */
export const britishSpellings = (): ReadonlyMap<string, string> =>
  (spellings ??= new Map(SPELLINGS.split(',').map((pair) => pair.trim().split(' ') as [string, string])))
"""
)
