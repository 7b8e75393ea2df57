// Written by `npm run generate` from the rows in src/engine/program/ops. Not to be edited.
#include "kernels/ops/balance.cc"
#include "kernels/ops/gates.cc"
#include "kernels/ops/mixture.cc"
#include "kernels/ops/router_loss.cc"
