// A product at the precision that the player was made for.
#pragma once

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// c [m, n] in blocks that fit the caches; finish(Block) is called for each when it is done. `scratch`: kPackedRows +
// kPackedColumns floats.
template <class Finish>
void multiply_packed(const Product& p, const Block& part, const Call& call, const Share& share, Finish finish) {
#ifdef GLASSFORMER_BFLOAT16
  if (call.precision != kFloat32) return multiply_bfloat16(p, part, share.scratch, call.precision == kBfloat16Tiles, finish);
#endif
  static_cast<void>(call);
  multiply_float32(p, part, share.scratch, finish);
}

inline void multiply_packed(const Product& p, const Block& part, const Call& call, const Share& share) {
  multiply_packed(p, part, call, share, [](const Block&) {});
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
