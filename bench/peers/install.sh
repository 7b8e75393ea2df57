#!/usr/bin/env bash
# Installs what translation is measured beside into a folder of its own: install.sh FOLDER (about 8 GB).
# CTranslate2, Marian, slimt, and PyTorch with what converts models for them and for ONNX Runtime, go into FOLDER/venv; transformers.js with
# onnxruntime-node into FOLDER/node; all-MiniLM-L6-v2 and its ONNX exports into FOLDER/minilm; oneDNN, which products are measured beside,
# into FOLDER/onednn (the newest, made on SYCL) and FOLDER/onednn-openmp; Bergamot and the model that slimt runs into FOLDER/bergamot.
# Then: GLASSFORMER_PEERS=FOLDER npm run bench -- --only ctranslate2 marian slimt bergamot hub serving transformers-js kernels encoder
set -euo pipefail
folder=$(mkdir -p "$1" && cd "$1" && pwd)
python3 -m venv "$folder/venv"
pip=("$folder/venv/bin/pip" --quiet --disable-pip-version-check install)
"${pip[@]}" ctranslate2==4.8.5 sentencepiece==0.2.3 torch==2.15.0 transformers==4.57.3 'huggingface_hub<1' 'tokenizers<0.23' safetensors numpy onnx onnxruntime
"${pip[@]}" faster-whisper==1.2.1 pywhispercpp==1.5.1 # for speech: a Whisper of the hub goes to FOLDER/whisper/hub
"${pip[@]}" --no-deps optimum==2.0.0 optimum-onnx==0.0.3 # their dependencies are those above
"${pip[@]}" pymarian==1.12.42 portalocker pyyaml slimt==0.1.0
for build in 'onednn onednn==2026.1.0 onednn-devel==2026.1.0' 'onednn-openmp onednn-cpu-gomp==2023.2.0 onednn-devel-cpu-gomp==2023.2.0'; do
  read -r name library headers <<<"$build"
  python3 -m venv "$folder/$name"
  "$folder/$name/bin/pip" --quiet --disable-pip-version-check install "$library" "$headers"
done
mkdir -p "$folder/node"
[ -f "$folder/node/package.json" ] || echo '{ "private": true }' >"$folder/node/package.json"
# Without scripts: they would download what GPUs need.
npm install --prefix "$folder/node" --ignore-scripts --no-audit --no-fund @huggingface/transformers@4.3.1
[ -d "$folder/minilm" ] || "$folder/venv/bin/python" "$(dirname "$0")/minilm.py" "$folder/minilm"
bash "$(dirname "$0")/bergamot.sh" "$folder/bergamot"
echo "installed in $folder"
