import { checkElicitContent, describeIssues, isObject, userRefused } from '@parley/core'
import type {
  CreateMessageParams,
  CreateMessageResult,
  ElicitFormParams,
  ElicitResult,
  ElicitUrlParams,
  ElicitValue,
  JsonObject,
} from '@parley/core'
import { isObjectOf } from './members.ts'
import type { Question } from './page/api.ts'

const mostOpen = 100

type Open = { readonly question: Question; readonly take: (answer: JsonObject) => string | undefined }

const isElicitValue = (value: unknown): value is ElicitValue =>
  typeof value === 'string' ||
  typeof value === 'number' ||
  typeof value === 'boolean' ||
  (Array.isArray(value) && value.every((item) => typeof item === 'string'))

/** Reads an answer to a form or a URL; a string says why it is none. */
const readElicited = (params: ElicitFormParams | ElicitUrlParams, answer: JsonObject): ElicitResult | string => {
  const { action } = answer
  if (action === 'decline' || action === 'cancel') return { action }
  if (action !== 'accept') return 'An answer accepts, declines or cancels.'
  if (params.mode === 'url') return { action }
  const content = answer['content'] ?? {}
  if (!isObjectOf(content, isElicitValue)) return 'Every field holds text, a number, yes or no, or a list of texts.'
  const issues = checkElicitContent(params.requestedSchema, content)
  return issues.length > 0 ? describeIssues(issues) : { action, content }
}

const isBlock = (value: unknown): boolean => isObject(value) && typeof value['type'] === 'string'

/** Reads an answer to a request for sampling; a string says why it is none. */
const readSampled = (answer: JsonObject): CreateMessageResult | string => {
  const { role, content, model, stopReason } = answer
  if (role !== 'assistant' && role !== 'user') return 'role is "assistant" or "user".'
  if (typeof model !== 'string' || model === '') return 'model is the name of the model that answered.'
  if (Array.isArray(content) ? !content.every(isBlock) : !isBlock(content)) {
    return 'content is a block with a type, or a list of them.'
  }
  if (stopReason !== undefined && typeof stopReason !== 'string') return 'stopReason is text.'
  // Of the blocks no more is known than that; the person who wrote them wants to see what the server makes of it.
  return { ...answer, role, model, content: content as CreateMessageResult['content'] }
}

/** What a server has asked and nobody has answered yet. */
export class Questions {
  readonly #open = new Map<number, Open>()
  readonly #asked: (question: Question) => void
  readonly #settled: (number: number) => void
  #count = 0

  constructor(hear: { readonly asked: (question: Question) => void; readonly settled: (number: number) => void }) {
    this.#asked = hear.asked
    this.#settled = hear.settled
  }

  /** What waits for an answer, oldest first. */
  get open(): readonly Question[] {
    return [...this.#open.values()].map(({ question }) => question)
  }

  /** Puts a form to the user. Settles with the answer; rejects when the signal aborts. */
  form(params: ElicitFormParams, signal: AbortSignal): Promise<ElicitResult> {
    return this.#ask({ kind: 'form', params }, signal, (answer) => readElicited(params, answer))
  }

  /** Asks whether to open a URL. Settles with the answer; rejects when the signal aborts. */
  url(params: ElicitUrlParams, host: string, signal: AbortSignal): Promise<ElicitResult> {
    return this.#ask({ kind: 'url', params, host }, signal, (answer) => readElicited(params, answer))
  }

  /** Lets the user speak for a model. Rejects as refused when they decline, and when the signal aborts. */
  async sampling(params: CreateMessageParams, signal: AbortSignal): Promise<CreateMessageResult> {
    const question = { kind: 'sampling', params } as const
    const answer = await this.#ask(question, signal, (given) =>
      given['action'] === 'decline' ? { declined: true as const } : readSampled(given),
    )
    if ('declined' in answer) throw userRefused()
    return answer
  }

  #ask<T extends object>(
    what: Question extends infer Q ? (Q extends Question ? Omit<Q, 'number'> : never) : never,
    signal: AbortSignal,
    read: (answer: JsonObject) => T | string,
  ): Promise<T> {
    if (signal.aborted) return Promise.reject(signal.reason)
    if (this.#open.size >= mostOpen) return Promise.reject(userRefused())
    this.#count += 1
    const number = this.#count
    return new Promise<T>((resolve, reject) => {
      const end = (): void => {
        signal.removeEventListener('abort', abort)
        this.#open.delete(number)
        this.#settled(number)
      }
      const abort = (): void => {
        end()
        reject(signal.reason)
      }
      const take = (answer: JsonObject): string | undefined => {
        const given = read(answer)
        if (typeof given === 'string') return given
        end()
        resolve(given)
        return undefined
      }
      signal.addEventListener('abort', abort)
      const question = { ...what, number }
      this.#open.set(number, { question, take })
      this.#asked(question)
    })
  }

  /** Gives an answer. A string says why it was not taken; the question is still open then. */
  answer(number: number, answer: JsonObject): string | undefined {
    const open = this.#open.get(number)
    return open === undefined ? 'Nobody waits for this answer any more.' : open.take(answer)
  }
}
