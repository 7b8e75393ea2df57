// Written by `npm run generate` from the rows in src/engine/program/ops. Not to be edited.
#include "kernels/ops/linear.cc"
#include "kernels/ops/linear_input_gradient.cc"
#include "kernels/ops/linear_weight_gradient.cc"
