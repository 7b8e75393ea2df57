#!/usr/bin/env bash
# Trains the other direction, English → French, from the embedded model: en-fr.sh OUT, the folder that train.sh has filled. Run again, it goes on
# where it stopped.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$1"
glassformer() { node "$here/../../dist/bundle/glassformer.js" "$@"; }

[ -e into-french ] || node "$here/swapped.mjs" mean-6 into-french
[ -e en-fr/model ] || glassformer train "$here/en-fr.json" --output en-fr
[ -e en-fr-int8 ] || glassformer quantize en-fr/model --to int8 --output en-fr-int8
