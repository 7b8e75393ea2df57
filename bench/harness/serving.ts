import { median, quantile } from './interleave.ts'

/** An interface of a server that translates. */
export interface Served {
  /** The server and the path: 'Glassformer /translate'. */
  name: string
  url: string
  /** The body of a request for the translation of one text, or of a list. */
  body(texts: string | readonly string[]): object
  isOurs: boolean
}

/** Sends requests with these bodies over several connections at once. @throws Error where one fails */
export type Load = (asked: { url: string; bodies: readonly string[]; connections: number }) => Promise<Loaded>

export interface Loaded {
  /** From the first request to the last answer. */
  seconds: number
  /** Milliseconds of each request. */
  times: readonly number[]
}

/** The traffic: number of connections, of texts per request, and of texts in all. */
export interface Traffic {
  connections: number
  texts: number
  of: number
  /** Whether a server of ours is compared with one call with all texts, which then precedes it each time. */
  besideOneCall?: true
}

/** The result of one interface with one kind of traffic: medians of the rounds. */
export interface ServingCell {
  case: string
  server: string
  connections: number
  /** Texts of a request. */
  texts: number
  requestsPerSecond: number
  textsPerSecond: number
  /** Milliseconds within which half of the requests, and 99 in a hundred, were answered. */
  p50: number
  p99: number
  /** How many times as long as half of the requests 99 in a hundred took, round by round. */
  spread: number
  /** Texts per second relative to those of `peer`, round by round. */
  ratio: number | null
  peer: string | null
  /** Texts per second relative to those of the preceding call with all texts, round by round. */
  ofOneCall: number | null
  rounds: number
}

interface Setting {
  servers: readonly Served[]
  load: Load
  /** The texts to send, repeated where more are needed. */
  lines: readonly string[]
  traffic: readonly Traffic[]
  /** Translates lines in one call. */
  inOneCall(lines: readonly string[]): Promise<unknown>
  rounds: number
}

/** The measurements, [round]. */
interface Figures {
  requests: number[]
  texts: number[]
  p50: number[]
  p99: number[]
  oneCall: number[]
}

export interface Serving {
  cells: ServingCell[]
  /** Texts per second in one call: the median of all calls. */
  oneCall: number
  /** The largest share of one core used by the client. */
  client: number
}

/** Each round has all traffic of all servers in turn: first in their order, then back. */
export async function measureServing({ servers, load, lines, traffic, inOneCall, rounds }: Setting): Promise<Serving> {
  const turns = traffic.flatMap((each) => servers.map((server) => ({ ...each, server, figures: noFigures() })))
  const oneCalls: number[] = []
  let client = 0
  // The first round warms everything up and does not count.
  for (let round = 0; round <= rounds; round++) {
    for (const { server, connections, texts, of, besideOneCall, figures } of turns) {
      const sent = Array.from({ length: of }, (_, i) => lines[i % lines.length])
      const began = performance.now()
      const isBesideOneCall = besideOneCall && server.isOurs
      if (isBesideOneCall) await inOneCall(sent)
      const oneCall = (1000 * of) / (performance.now() - began)
      const bodies = inParts(sent, texts).map((part) => JSON.stringify(server.body(texts === 1 ? part[0] : part)))
      const before = process.cpuUsage()
      const { seconds, times } = await load({ url: server.url, bodies, connections })
      const { user, system } = process.cpuUsage(before)
      if (round === 0) continue
      client = Math.max(client, (user + system) / 1e6 / seconds)
      figures.requests.push(bodies.length / seconds)
      figures.texts.push(of / seconds)
      figures.p50.push(quantile(times, 0.5))
      figures.p99.push(quantile(times, 0.99))
      if (!isBesideOneCall) continue
      figures.oneCall.push(oneCall)
      oneCalls.push(oneCall)
    }
    turns.reverse()
  }
  if (rounds % 2 === 0) turns.reverse()
  const cells = turns.map(({ server, connections, texts, figures }): ServingCell => {
    const peer = server.isOurs
      ? turns.find((other) => !other.server.isOurs && other.connections === connections && other.texts === texts)
      : undefined
    return {
      case: `${connections} × ${texts}, ${server.name}`,
      server: server.name,
      connections,
      texts,
      requestsPerSecond: median(figures.requests),
      textsPerSecond: median(figures.texts),
      p50: median(figures.p50),
      p99: median(figures.p99),
      spread: ratioOf(figures.p99, figures.p50),
      ratio: peer ? ratioOf(figures.texts, peer.figures.texts) : null,
      peer: peer?.server.name ?? null,
      ofOneCall: figures.oneCall.length ? ratioOf(figures.texts, figures.oneCall) : null,
      rounds,
    }
  })
  return { cells, oneCall: median(oneCalls), client }
}

const noFigures = (): Figures => ({ requests: [], texts: [], p50: [], p99: [], oneCall: [] })

const ratioOf = (rates: readonly number[], others: readonly number[]) =>
  median(rates.map((rate, i) => rate / others[i]))

const inParts = <T>(list: readonly T[], length: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / length) }, (_, i) => list.slice(i * length, (i + 1) * length))
