import { canonical, InvalidResult, RpcError, timedOut, TooManyRounds } from '@parley/core'
import type { JsonObject } from '@parley/core'
import type { Draft, Reply } from '@parley/protocol'
import { untilAborted, wait } from './wait.ts'

/** An answer that asks for input first. */
export type InputRequired = Extract<Reply, { kind: 'input_required' }>
type Requests = InputRequired['requests']

/** How one call is carried through its rounds. */
export type Conversation = {
  /** Sends one round, which may take so many milliseconds. */
  readonly send: (draft: Draft, maxTimeout: number) => Promise<Reply>
  /** Answers one question; rejects when it cannot be answered. */
  readonly answer: (method: string, params: JsonObject | undefined, signal: AbortSignal) => Promise<JsonObject>
  readonly maxRounds: number
  /** Milliseconds for all rounds together, waiting for people included. */
  readonly maxTimeout: number
  readonly signal: AbortSignal | undefined
}

const mostQuestions = 100
const firstPause = 500
const longestPause = 30_000

/** Half as much again or half as little, so that clients which failed together do not return together. */
const jittered = (pause: number): number => pause * (0.5 + Math.random())

const isVisit = (request: Requests[string]): boolean => request.params?.['mode'] === 'url'

/** Whether nothing was asked that the answer could have changed: then the server is waiting for something else. */
const onlyWaits = (requests: Requests, asked: string, before: string): boolean => {
  const all = Object.values(requests)
  return all.length === 0 || (asked === before && all.every(isVisit))
}

/** Gathers every answer at once; the first failure stops the other callbacks. */
const gather = async (requests: Requests, road: Conversation, signal: AbortSignal): Promise<Draft['answers']> => {
  const entries = Object.entries(requests)
  if (entries.length === 0) return undefined
  // Each may be put to a person; no one answers hundreds at once.
  if (entries.length > mostQuestions) {
    throw new InvalidResult(
      'input_required',
      `it asks ${entries.length} questions at once, and at most ${mostQuestions} are put`,
    )
  }
  const stop = new AbortController()
  const joined = AbortSignal.any([signal, stop.signal])
  const answers = entries.map(async ([key, { method, params }]): Promise<[string, JsonObject]> => {
    return [key, await road.answer(method, params, joined)]
  })
  try {
    return Object.fromEntries(await untilAborted(Promise.all(answers), joined))
  } catch (error) {
    stop.abort(error)
    throw error
  }
}

/** A retry repeats the original params; answers and state are for this one retry only (M6). */
const retryOf = (draft: Draft, reply: InputRequired, answers: Draft['answers']): Draft => ({
  ...draft,
  answers,
  state: reply.state,
})

const isRefusedState = (error: unknown, retry: Draft): boolean =>
  retry.state !== undefined && error instanceof RpcError && error.code === -32602

const goOn = async (
  draft: Draft,
  first: InputRequired,
  road: Conversation,
  left: () => number,
  signal: AbortSignal,
): Promise<JsonObject> => {
  let reply: Reply = first
  let pause = firstPause
  let before = ''
  let restarted = false
  for (let rounds = 1; ; rounds += 1) {
    if (rounds > road.maxRounds)
      throw new TooManyRounds(`${draft.method} asked for input more than ${road.maxRounds} times`)
    const asked = canonical(reply.requests)
    if (onlyWaits(reply.requests, asked, before)) {
      await wait(Math.min(jittered(pause), left()), signal)
      pause = Math.min(pause * 2, longestPause)
    }
    before = asked
    const retry = retryOf(draft, reply, await gather(reply.requests, road, signal))
    try {
      reply = await road.send(retry, left())
    } catch (error) {
      // The state may have expired, or the server may have lost its key: one fresh start is worth trying.
      if (restarted || !isRefusedState(error, retry)) throw error
      restarted = true
      reply = await road.send(draft, left())
    }
    if (reply.kind === 'complete') return reply.result
  }
}

/**
 * Goes on with a call whose first round, which `began` then, asks for input: answers until it completes
 * (2026-07-28, basic/patterns/mrtr).
 *
 * Settles with the result. Rejects with `TooManyRounds` past the cap, a
 * `TimeoutError` past the time, the signal's reason when cancelled, and with whatever a round or an answer failed with.
 */
export const converse = async (
  draft: Draft,
  first: InputRequired,
  began: number,
  road: Conversation,
): Promise<JsonObject> => {
  const end = began + road.maxTimeout
  const left = (): number => Math.max(0, end - performance.now())
  const over = new AbortController()
  const expired = (): void => over.abort(timedOut(`${draft.method} took more than ${road.maxTimeout} ms`))
  // 2^31-1 ms is the longest that a timer takes; it is also longer than anybody waits.
  const timer = left() < 0x7fffffff ? setTimeout(expired, left()) : undefined
  const signal = road.signal === undefined ? over.signal : AbortSignal.any([road.signal, over.signal])
  try {
    return await goOn(draft, first, road, left, signal)
  } finally {
    clearTimeout(timer)
  }
}

/** What a question that should not have been put makes of the result that put it. */
export const unaskable = (method: string, question: string, why: string): InvalidResult =>
  new InvalidResult(method, `it asks for ${question}: ${why}`)
