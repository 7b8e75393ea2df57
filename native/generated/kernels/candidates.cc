// Written by `npm run generate` from the rows in src/engine/program/ops. Not to be edited.
#include "kernels/ops/candidates.cc"
#include "kernels/ops/listed_candidates.cc"
#include "kernels/ops/ranged_candidates.cc"
