// Written by `npm run generate` from the rows in src/engine/program/ops. Not to be edited.
#include "kernels/ops/attention.cc"
#include "kernels/ops/cached_attention.cc"
#include "kernels/ops/disentangled_attention.cc"
#include "kernels/ops/side_attention.cc"
