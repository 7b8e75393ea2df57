// Written by `npm run generate` from the rows in src/engine/program/ops. Not to be edited.
#include "kernels/ops/cross_entropy.cc"
#include "kernels/ops/distillation.cc"
