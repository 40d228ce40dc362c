import type { Json, JsonObject } from '@parley/core'
import type { InputRequired } from './call.ts'

/** The requests that a server may put to its caller. */
export type QuestionMethod = 'elicitation/create' | 'sampling/createMessage' | 'roots/list'

/** One thing asked of the caller. */
export type Question = { method: QuestionMethod; params?: JsonObject }

/** How one question is put. */
export type AskOptions = {
  /** Names the question, for callers that answer before they are asked. @default derived from the question itself */
  key?: string | undefined
  /** Looks at an answer of the right shape; when it says no, the question is put again. */
  accepts?: ((answer: JsonObject) => boolean | Promise<boolean>) | undefined
}

/** What a replayed call must find again on its next run; travels sealed. */
export type Memory = {
  /** Answers from earlier rounds, each with the digest of the question it was given to. */
  answers: { [key: string]: { digest: string; answer: JsonObject } }
  /** Results of work that must not happen twice. */
  once: { [key: string]: Json }
  /** The handler's own state. */
  state?: Json
  /** The questions that were left open in the round before. */
  asked: string[]
  /** How often the call was answered with `input_required`. */
  round: number
  /** How often an answered question was not asked again while a new one was. */
  drift: number
}

/**
 * Asks the caller in the middle of a call.
 *
 * In the legacy era a question goes out live and is awaited. In the modern era an unanswered question rejects with
 * `Unanswered`, the call is answered with `input_required`, and the handler runs again from the top on the retry
 * (2026-07-28, basic/patterns/mrtr). A handler cannot tell the two apart, as long as it may be run again.
 */
export interface Input {
  /**
   * Settles with the caller's answer. Rejects with `missingCapability` when the caller cannot be asked this, with
   * `Unanswered` when the answer has yet to come, and with an error once the call has settled.
   */
  ask(question: Question, options?: AskOptions): Promise<JsonObject>
  /** Runs work once per call, however often the handler runs. The result must be JSON. */
  once<T extends Json | undefined>(key: string, work: () => T | Promise<T>): Promise<T>
  /** The answers that came with this retry, for handlers that return an outcome themselves. */
  readonly answers: ReadonlyMap<string, JsonObject>
  /** What the handler's own outcome left behind in the round before. */
  readonly state: Json | undefined
  /** Ends asking, waits for `once` work under way, and gives what is still open; at once where nothing was asked. */
  close(): Promise<InputRequired | undefined> | undefined
  /** What must come back on the retry; undefined when there is nothing to remember. */
  memory(state: Json | undefined): Memory | undefined
  /**
   * Puts what a run left open to the caller live, and settles with the input for the next run. Legacy only: undefined
   * where the caller asks anew itself.
   */
  pursue(required: InputRequired): Promise<Input> | undefined
}

/** The answer to a question has yet to come. Thrown into a replayed handler; its stack unwinds and nothing is held. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered'

  constructor() {
    super('The caller has yet to answer; the handler is run again when it has')
  }
}

/** Why `ask` and `once` refuse after the end of a call. */
export const callIsOver = (): Error => new Error('The call has settled; it can ask for nothing more')
