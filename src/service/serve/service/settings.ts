import { settings, type Values } from '../../../base/schema/settings.ts'
import { flag, integer, listOf, oneOf, positiveInteger, positiveNumber, text } from '../../../base/schema/types.ts'
import { modelsType } from '../models/given-models.ts'
import { interfaces } from '../requests/answers.ts'

/** The settings of the plugin: models, keys and limits. */
export const serviceSettings = settings({
  models: {
    type: modelsType,
    default: ['fr-en'],
    says: 'the models: a list of folders and names (`fr-en`, `Helsinki-NLP/opus-mt-en-de`, `openai/whisper-base`, `mine=./folder`), or an object of [models](serving.md#models) by the names that they have here; the first is the one that serves where a request says nothing. It is loaded at the start, others when they are asked for',
  },
  argos: {
    type: text,
    optional: true,
    otherwise: 'none',
    flag: '--argos <folder>',
    says: 'a folder of packages of Argos Translate, `.argosmodel` files or unpacked ones: its packages are served in place of the default model, or beside the models that are given',
  },
  pairs: {
    type: oneOf('firefox', 'argos', 'opus-mt', 'all'),
    optional: true,
    otherwise: 'none',
    flag: '--pairs <source>',
    says: 'every model that was pulled from there (`glassformer models --installed`) is served in place of the default model, or beside the models that are given',
  },
  pivot: {
    type: text,
    optional: true,
    otherwise: 'none; en for packages of Argos Translate and pairs',
    flag: '--pivot <language>',
    says: 'the language through which texts and documents go where no model has their pair: from French into English and on into German',
  },
  encoder: {
    type: text,
    optional: true,
    otherwise: 'none: the server has no vectors and rankings',
    flag: '--encoder <folder>',
    says: 'the folder or name of an encoder, or of a model of sentence-transformers: OpenAI’s `/v1/embeddings`, Cohere’s `/v2/rerank`, and `/embed` and `/rerank` of TEI are served with it',
  },
  memory: {
    type: positiveInteger,
    default: 2048,
    flag: '--memory <MiB>',
    says: 'the most MiB of weights in memory at once: models that were used longest ago leave for others',
  },
  apis: {
    type: { ...listOf(oneOf(...interfaces), `a list of ${interfaces.join(', ')}`, 1), choices: undefined },
    default: [...interfaces],
    says: 'the interfaces: our own, DeepL’s, LibreTranslate’s, OpenAI’s for speech',
  },
  keys: {
    type: text,
    optional: true,
    otherwise: 'none: anyone who reaches the server may use it; keys in GLASSFORMER_API_KEYS hold too',
    flag: '--keys <file>',
    says: 'a file of API keys, one a line: the key, and with it, if wanted, a name, how many characters it is good for, and settings of its own',
  },
  glossaries: {
    type: text,
    optional: true,
    otherwise: 'in memory, until the server ends',
    flag: '--glossaries <folder>',
    says: 'a folder in which glossaries are kept',
  },
  memories: {
    type: text,
    optional: true,
    otherwise: 'none: the server has no memories',
    flag: '--memories <folder>',
    says: 'a folder in which each key has its [translation memories](serving.md#memories)',
  },
  memoryUnits: {
    type: positiveInteger,
    default: 200_000,
    flag: '--memory-units <n>',
    says: 'the most units of the memories of a key, and of all requests without one; an open memory takes about 300 bytes for each',
  },
  timeout: {
    type: positiveNumber,
    default: 60,
    flag: '--timeout <seconds>',
    says: 'the most seconds for the work of a request, from its acceptance to the end of its answer; a request may ask for fewer',
  },
  speechTimeout: {
    type: positiveNumber,
    default: 600,
    flag: '--speech-timeout <seconds>',
    says: 'the most seconds for the work of a request with sound',
  },
  queue: {
    type: positiveInteger,
    default: 10_000,
    flag: '--queue <texts>',
    says: 'the most texts that a model has accepted and not answered; what would make them more is refused with the status 429, except for a client that has less than its share, which is this number over the clients that are there',
  },
  cache: {
    type: integer(0),
    default: 0,
    flag: '--cache <MiB>',
    says: 'MiB of translations of each model that are given again where the same is asked for with the same options; 0: none is kept',
  },
  priority: {
    type: integer(0, 10),
    default: 0,
    flag: '--priority <n>',
    says: 'the highest priority that a request may ask for; a key may have [one of its own](serving.md#keys)',
  },
  glossariesEach: {
    type: positiveInteger,
    default: 100,
    flag: '--glossaries-each <n>',
    says: 'the most glossaries of a key, and of all requests without one; a key may have [a number of its own](serving.md#keys)',
  },
  bodies: {
    type: positiveInteger,
    default: 64,
    flag: '--bodies <MiB>',
    says: 'the most MiB of the bodies of requests that are being received or worked on; a quarter of it for requests whose key is in the body, or nowhere',
  },
  work: {
    type: positiveInteger,
    default: 512,
    flag: '--work <MiB>',
    says: 'the most MiB of memory for the requests that are being received or worked on, estimated at 200 bytes for a byte of texts, and 4 for one of a file; a request that would take more by itself is refused with the status 413, one that comes while it is full with 429, except for a client that has less than its share',
  },
  document: {
    type: positiveInteger,
    default: 32,
    flag: '--document <MiB>',
    says: 'the most MiB of a document that is sent as a file',
  },
  documents: {
    type: positiveInteger,
    default: 256,
    flag: '--documents <MiB>',
    says: 'the most MiB of documents, with their translations, that wait, are translated or wait for their download; they are kept in memory for an hour at most',
  },
  texts: { type: positiveInteger, default: 1000, flag: '--texts <n>', says: 'the most texts of a request' },
  characters: {
    type: positiveInteger,
    default: 500_000,
    flag: '--characters <n>',
    says: 'the most characters (UTF-16 code units) of all texts of a request',
  },
  maxTokens: {
    type: positiveInteger,
    optional: true,
    otherwise: "the model's limit",
    flag: '--max-tokens <n>',
    says: 'the most tokens of the translation of a sentence',
  },
  beams: {
    type: integer(1, 1024),
    default: 16,
    flag: '--beams <n>',
    says: 'the most beams, and alternatives, that a request may ask for',
  },
  metrics: {
    type: flag,
    default: true,
    flag: '--no-metrics',
    off: 'has no figures for Prometheus, neither at `/metrics` nor at the port for them',
    says: 'gives figures for Prometheus at `/metrics`',
  },
  page: {
    type: flag,
    default: true,
    flag: '--no-page',
    off: 'has no page at `/docs` and no description at `/openapi.json`',
    says: 'shows a page at `/docs` on which to try the interfaces, and their description at `/openapi.json`',
  },
})

/** The address of a server, and its limits on connections. */
export const listenSettings = settings({
  host: {
    type: text,
    default: '127.0.0.1',
    flag: '--host <address>',
    says: 'the address to listen at; 0.0.0.0 for all of this machine',
  },
  port: { type: integer(0, 65_535), default: 5000, flag: '--port <n>', says: 'the port; 0: one that is free' },
  metricsPort: {
    type: integer(0, 65_535),
    optional: true,
    otherwise: 'none',
    flag: '--metrics-port <n>',
    says: 'a port of the same address for `/metrics`, `/health` and `/ready` alone, which asks for no key: for Prometheus, within your network; 0: one that is free',
  },
  body: {
    type: positiveInteger,
    default: 1 << 20,
    flag: '--body <bytes>',
    says: 'the most bytes of the body of a request',
  },
  receive: {
    type: positiveNumber,
    default: 30,
    flag: '--receive <seconds>',
    says: 'the most seconds in which a request has to arrive whole, its headers in half of them',
  },
  idle: {
    type: positiveNumber,
    default: 75,
    flag: '--idle <seconds>',
    says: 'seconds after which a connection without a request is closed',
  },
  connections: {
    type: positiveInteger,
    default: 16_384,
    flag: '--connections <n>',
    says: 'the most connections at once; further ones are closed at once',
  },
  grace: {
    type: positiveNumber,
    default: 60,
    flag: '--grace <seconds>',
    says: 'the most seconds for accepted requests to end after SIGTERM',
  },
  cors: {
    type: listOf(text, 'a list of origins'),
    default: [],
    otherwise: 'none: pages of other origins may not ask',
    says: 'origins whose pages may ask; `*` for all',
  },
  hosts: {
    type: listOf(text, 'a list of names'),
    default: [],
    otherwise: 'none',
    says: 'names by which a server without keys may be asked that listens at an address of its own machine, beside localhost and that address',
  },
  log: {
    type: oneOf('silent', 'error', 'warn', 'info', 'debug'),
    default: 'info',
    flag: '--log <level>',
    says: 'what is written on standard output, as lines of JSON without texts and keys',
  },
})

export type ServiceSettings = Values<typeof serviceSettings>
export type ListenSettings = Values<typeof listenSettings>
