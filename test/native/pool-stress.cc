// Work in changing numbers of parts on changing numbers of threads, as fast as possible: every part is done once, by a
// thread that was called, and threads that meet at a barrier see the writes of the others. `npm run test:sanitize` runs
// it under the thread sanitizer.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

#include "core/pool.h"

using namespace glassformer;

namespace {

struct Work {
  Pool& pool;
  int threads;
  bool together;
  std::vector<int> written;
  std::vector<int> done;
};

void expect(bool holds, const char* what) {
  if (holds) return;
  std::printf("%s\n", what);
  std::exit(1);
}

void work(void* context, const Part& part) {
  Work& it = *static_cast<Work*>(context);
  expect(part.thread >= 0 && part.thread < it.threads, "a part was done by a thread that was not called");
  if (it.together) {
    it.written[part.number] = 1;
    it.pool.barrier();
    for (const int written : it.written) expect(written == 1, "threads had met, and one had not written");
    it.pool.barrier();
  }
  it.done[part.number]++;
}

void play(Pool& pool, int threads, int seed) {
  pool.call(pool.prepare(threads));
  for (int i = 0; i < 5; i++) {
    const bool together = threads > 1 && i == 3;
    const int parts = together ? threads : 1 + (seed + i) % 9;
    Work it = {pool, threads, together, std::vector<int>(parts), std::vector<int>(parts)};
    pool.run(work, &it, parts);
    for (const int done : it.done) expect(done == 1, "a part was not done once");
  }
  pool.measure_wake_latency();
  expect(pool.wake_latency() > 0, "waking took no time");
}

}  // namespace

int main() {
  for (int round = 0; round < 5; round++) {
    Pool pool(4);
    for (int i = 0; i < 3000; i++) {
      play(pool, 1 + (7 * (i / 3) + i) % 4, i);
      if (i % 500 == 0) usleep(2000);  // all fall asleep
    }
  }
  std::printf("75,000 works: every part was done once\n");
}
