import { isObject } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { metaKeys, revisions } from '@parley/protocol'
import { layOut } from './layout.ts'
import { conceal, fillIn, matches } from './placeholders.ts'
import type { Captures } from './placeholders.ts'
import type { Part, Transcript } from './transcript.ts'

/** What is known of a conversation under way, for leaving things out of its lines and putting them in. */
export class Abbreviations {
  readonly captures: Captures = new Map()
  readonly #transcript: Transcript
  readonly #revision: string
  readonly #modern: boolean
  /** The client's requests without an answer yet. */
  readonly #waiting: unknown[] = []
  /** The server's requests without an answer yet. */
  readonly #asked: unknown[] = []
  #nextId = 1

  constructor(transcript: Transcript, revision: string) {
    this.#transcript = transcript
    this.#revision = revision
    this.#modern = revisions.some(({ version, era }) => version === revision && era === 'modern')
  }

  get modern(): boolean {
    return this.#modern
  }

  /** The text that goes on the wire for a line. One that spells `jsonrpc`, or is no JSON, goes as it stands. */
  outgoing(line: string): string {
    const text = fillIn(line, this.captures)
    const value = parsed(text)
    if (Array.isArray(value)) return JSON.stringify(value.map((each) => this.#complete(each)))
    if (!isObject(value)) return text
    return JSON.stringify(this.#complete(value))
  }

  #complete(value: unknown): unknown {
    if (!isObject(value)) return value
    if (!('jsonrpc' in value)) return this.#filled(value)
    if (typeof value['method'] === 'string' && 'id' in value) this.#waiting.push(value['id'])
    return value
  }

  #filled(value: JsonObject): JsonObject {
    const { id, method, params, ...rest } = value
    if (method === undefined) return { jsonrpc: '2.0', id: id ?? this.#take(this.#asked), ...rest }
    const name = typeof method === 'string' ? method : ''
    if (id === undefined && name.startsWith('notifications/')) return { jsonrpc: '2.0', ...value }
    const own = id ?? this.#nextId++
    this.#waiting.push(own)
    const given = this.#params(name, params)
    return { jsonrpc: '2.0', id: own, method, ...(given === undefined ? {} : { params: given }), ...rest }
  }

  #take(ids: unknown[]): unknown {
    if (ids.length === 1) return ids.shift()
    throw new SyntaxError(`An answer without an id, while ${ids.length} requests wait for one`)
  }

  #params(method: string, params: unknown): unknown {
    if (params !== undefined && !isObject(params)) return params
    const { capabilities, ...info } = this.#transcript.client
    if (method === 'initialize') return { protocolVersion: this.#revision, capabilities, clientInfo: info, ...params }
    if (!this.#modern) return params
    const meta = {
      [metaKeys.protocolVersion]: this.#revision,
      [metaKeys.clientInfo]: info,
      [metaKeys.clientCapabilities]: capabilities,
      ...(isObject(params?.['_meta']) ? params['_meta'] : {}),
    }
    return { ...params, _meta: meta }
  }

  /** What came in, without what every message has; what the line before it spelled out stays. */
  incoming(value: unknown, spelled: unknown): unknown {
    if (Array.isArray(value)) {
      return value.map((each, index) => this.#shown(each, Array.isArray(spelled) ? spelled[index] : undefined, false))
    }
    return this.#shown(value, spelled, true)
  }

  #shown(value: unknown, spelled: unknown, alone: boolean): unknown {
    if (!isObject(value)) return value
    const keep = isObject(spelled) ? spelled : {}
    const { jsonrpc, id, ...rest } = value
    const told = this.#tells(value) && alone && !('id' in keep)
    const shown: JsonObject = {
      ...('jsonrpc' in keep ? { jsonrpc } : {}),
      ...(id === undefined || told ? {} : { id }),
      ...rest,
    }
    return this.#modern && isObject(shown['result'])
      ? { ...shown, result: withoutServer(shown['result'], keep['result']) }
      : shown
  }

  /** Whether what came is what a line spelled out; if so, what its placeholders stand for is known from now on. */
  holds(spelled: unknown, shown: unknown): boolean {
    const captures = new Map(this.captures)
    if (!matches(spelled, shown, captures)) return false
    for (const [name, value] of captures) this.captures.set(name, value)
    return true
  }

  /** What came, as a line of its own. */
  written(shown: unknown): Part {
    const text = layOut(conceal(shown, this.captures))
    return { kind: 'received', text, source: `<-- ${text}` }
  }

  /** Notes a message, and whether everybody knows its id without being told. */
  #tells({ id, method }: JsonObject): boolean {
    if (id === undefined) return false
    if (method !== undefined) return this.#asked.push(id) === 1
    const alone = this.#waiting.length === 1
    const at = this.#waiting.indexOf(id)
    if (at >= 0) this.#waiting.splice(at, 1)
    return alone && at === 0
  }
}

/** The JSON in a text; undefined for a text that is none. */
export const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const withoutServer = (result: JsonObject, spelled: unknown): JsonObject => {
  const meta = result['_meta']
  const kept = isObject(spelled) && isObject(spelled['_meta']) ? spelled['_meta'] : {}
  if (!isObject(meta) || metaKeys.serverInfo in kept) return result
  const { [metaKeys.serverInfo]: _, ...others } = meta
  const { _meta, ...rest } = result
  return Object.keys(others).length === 0 ? rest : { ...rest, _meta: others }
}
