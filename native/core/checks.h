// Ids, spans and offsets that are looked at before a program is played. Each throws ERR_SHAPE.
#pragma once
#include <cstdint>

#include "kernels/kernels.h"

namespace glassformer {

void check_append(const Call& call);
void check_attention(const Call& call);
void check_attention_gradient(const Call& call);
void check_cached_attention(const Call& call);
void check_candidates(const Call& call);
void check_cross_entropy(const Call& call);
void check_embed(const Call& call);
void check_embed_gradient(const Call& call);
void check_listed_candidates(const Call& call);
void check_token_score(const Call& call);

// Query-key pairs of attention: Σ queries · keys of each sentence.
std::int64_t attention_pairs(const Call& call);

}  // namespace glassformer
