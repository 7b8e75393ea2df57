// Every family, in the order in which they build on each other; the table of a kernels_*.cc is made of them.
#pragma once
#include "kernels/kernels.h"

#include "kernels/columns.h"
#include "kernels/functions.h"
#include "kernels/elementwise.h"
#include "kernels/embed.h"
#include "kernels/norm.h"
#include "kernels/softmax.h"
#include "kernels/dot_tile.h"
#include "kernels/linear.h"
#include "kernels/attention.h"
#include "kernels/cached_attention.h"
#include "kernels/candidates.h"

#define GLASSFORMER_KERNELS(isa)                                                                           \
  {                                                                                                        \
    isa::activation, isa::add, isa::append, isa::attention, isa::cached_attention, isa::candidates,        \
        isa::embed, isa::layer_norm, isa::linear, isa::log_softmax, isa::rms_norm, isa::softmax,           \
        isa::token_score                                                                                   \
  }
