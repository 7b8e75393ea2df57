"""The answers of sacremoses 0.2.0 and subword-nmt 0.3.8 for moses.json: python moses_answers.py"""
import io
import json

from sacremoses import MosesTokenizer,MosesDetokenizer
from sacremoses.normalize import MosesPunctNormalizer
from subword_nmt.apply_bpe import BPE
from subword_nmt.learn_bpe import learn_bpe

texts={
'fr':["Je suis étudiant.","L'homme qu'il a vu n'est pas là : c'était « lui » !","J’ai payé 3 500,50 € (environ) à M. Dupont, le 12.05.2020.","Attends... quoi ?","Il dit: \"Non, merci.\"","Voir https://exemple.fr/a?b=1&c=[2] <b>ici</b> | là","aujourd'hui, l'« été » — ou l’hiver…","100 % des élèves; 5 ºC","'bonjour' dit-il","Fin.'", "U.S.A. et S.N.C.F. roulent.", "A,B,C et 1,2,3,","  double   espace\tici  "],
'en':["I'm a student; it's John's.","Don't say \"hello,\" she said.","The U.S. economy grew 3.5%, i.e. $5,300.","Mr. Smith went to Washington...","(See [1] & {2} <i>x</i>.)","the Jones' house isn't 'big'","1990's cars cost £20–£30.","rock 'n' roll","e.g. this","well-known - yes.","Wait.... what?!","naïve café 中文字 混合 한국어 日本","emoji 😀 ok","A. B. Clark, Ph.D."],
'de':["Das ist z.B. gut, oder?","Er sagte: „Ja, gern.“","Geht's dir gut, d. h. besser?","1.000,50 Euro; 5 % mehr"],
'ru':["Он сказал: «Да», и ушёл.","Москва — столица."],
'hi':["यह किताब है।"],
}
codes_src=[]
for l,t in texts.items(): codes_src+= [" ".join(MosesTokenizer(l).tokenize(MosesPunctNormalizer(l).normalize(x))) for x in t]
out=io.StringIO(); learn_bpe(io.StringIO("\n".join(codes_src*2)+"\n"),out,150)
codes=out.getvalue()
old_codes="e s\nes t\nest </w>\na n\nan t</w>\nt u\nl l\nll e\nlle </w>\ns u\ni s\n"
b=BPE(io.StringIO(codes)); bo=BPE(io.StringIO(old_codes))
res={'codes':codes,'oldCodes':old_codes,'cases':[]}
for l,t in texts.items():
  n=MosesPunctNormalizer(l);k=MosesTokenizer(l);d=MosesDetokenizer(l)
  for x in t:
    toks=k.tokenize(n.normalize(x)); pieces=b.segment_tokens(toks)
    res['cases'].append(dict(language=l,text=x,normal=n.normalize(x),tokens=toks,pieces=pieces,old=bo.segment_tokens(toks),joined=d.detokenize(" ".join(pieces).replace("@@ ","").split(" "))))
extra=[('fr',"Qu' est -ce que c' est ?"),('en',"` a ' b &amp;lt; c &bar; d @-@ e $ 5 ' s ( x ) [ y ]"),('cs',"řekl : „ ano “ a „ ne “"),('fi',"EU : n jäsen"),('ja',"日本 語 の text です 。"),('ko',"한국 어 입니다"),('en','" a " b " c "'),('en',"the cats ' tails")]
res['joins']=[dict(language=l,tokens=t.split(' '),joined=MosesDetokenizer(l).detokenize(t.split(' '))) for l,t in extra]
json.dump(res,open('moses.json','w'),ensure_ascii=False,indent=1)
