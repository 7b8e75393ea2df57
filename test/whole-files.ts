/**
 * The test files that `npm test` leaves to `npm run test:whole`: what takes more than a few seconds, and is not needed to see that a clone
 * works. Every other file, a new one too, is a part of `npm test`.
 */
export const wholeFiles = [
  // Programs, kernels and searches: what each instruction set, hostile input and long series add to the tests of every op.
  'test/bad-input.test.ts',
  'test/engine/decode/{adapters-golden,drafts,embedded-golden,generate-golden}.test.ts',
  'test/engine/decode/same-sentence.test.ts',
  'test/limits.test.ts',
  'test/repository/reference.test.ts',
  'test/native/{bfloat16,encoded-products}.test.ts',
  'test/native/sparse-rows.test.ts',
  'test/native/training-threads.test.ts',
  'test/engine/program/bfloat16-caches.test.ts',
  'test/engine/program/{distillation,encoded-weights}.test.ts',
  'test/engine/program/large-store.test.ts',
  'test/wrong-types.test.ts',

  // Sound: long clips beside other implementations, and every damage.
  'test/engine/speech/goldens.test.ts',
  'test/sound/{clips,damaged}.test.ts',

  // Folders and vocabularies: every family and every damage.
  'test/files/folders/above-4-gib.test.ts',
  'test/files/folders/ctranslate2/{argos,convert,damaged,goldens,tokenizer}.test.ts',
  'test/files/folders/export.test.ts',
  'test/files/folders/families.test.ts',
  'test/files/folders/huggingface-writer.test.ts',
  'test/files/folders/marian/*.test.ts',
  'test/files/folders/quantize.test.ts',
  'test/files/registry/firefox-models.test.ts',
  'test/learn/train/vocabulary/*.test.ts',

  // Trainings to their end, killed, resumed, with teachers, with every setting.
  'test/learn/train/augment/*.test.ts',
  'test/learn/train/{adafactor,checksums,compressed-memory,damaged-run,failing,families,fine-tuning,full-disk,kill,lora,model-settings,multimodel,recurrence-gradients,resume,slicenet,teacher,words}.test.ts',
  'test/learn/train/ranks/*.test.ts',
  'test/learn/train/shortlist/*.test.ts',
  'test/cli/{distill,evaluate,quantize,shortlist,train}/*.test.ts',
  'test/learn/evaluate/reference-model.test.ts',

  // Translators, servers and queues under load, aborted, killed.
  'test/service/queue/{files,lost-locks,many-machines,model-versions,poison}.test.ts',
  'test/service/serve/{argos,hostile,clients,end,limits,soak,strangers,watching}.test.ts',
  'test/use/translate/packages/libreoffice.test.ts',
  'test/use/translate/{abort,adapters,backend-choice,batches,close,drafts,long-runs,mapped,one-copy,scheduling,unsupported-settings,workers}.test.ts',
  'test/workers/threads.test.ts',
  'test/language/markup/linear.test.ts',
  'test/trace/{attribution-golden,interventions}.test.ts',
  'test/cli/listing/command.test.ts',

  // Pages in Chromium, other runtimes and package managers, prebuilt files, benchmarks.
  'test/bench/*.test.ts',
  'test/look/page/!(attention).test.ts',
  'test/look/site/*.test.ts',
  'test/service/page/*.test.ts',
  'test/platforms/*.test.ts',
  'test/repository/{bundled,healthcheck,native-headers,newcomer,package,published,pictures,realms,recipes,release,setup,typescript-versions}.test.ts',
  'test/wasm/!(golden).test.ts',
  'test/use/web/{bundle,calling-thread}.test.ts',
]
