import { ConnectionClosed, InvalidResult, isObject, NegotiationFailed, RpcError, timedOut } from '@parley/core'
import type { Implementation, JsonObject, ServerCapabilities } from '@parley/core'
import { clientRevisions, metaKeys, metaOf } from '@parley/protocol'
import type { ClientRevision, Dial, Link, Responder } from '@parley/protocol'
import { selfOf } from './options.ts'
import type { ClientOptions, Connectable, Verdict } from './options.ts'
import { untilAborted } from './wait.ts'

/** What both sides have settled on, and the link they settled it over. */
export type Agreement = {
  readonly link: Link
  readonly revision: ClientRevision
  readonly info: Implementation | undefined
  readonly capabilities: ServerCapabilities
  readonly instructions: string | undefined
}

type Terms = Omit<Agreement, 'link'>

/** What became of a probe. `supported` is what an error offered to choose from. */
type Probed =
  | { kind: 'modern'; terms: Terms }
  | { kind: 'choose'; supported: readonly string[] | undefined; error: RpcError | undefined }
  | { kind: 'legacy'; error?: unknown }
  | { kind: 'gone'; error: unknown }
  | { kind: 'failed'; error: unknown }

const noTimeout = { timeout: Infinity, maxTimeout: Infinity }

/** An error about the version itself, or about a capability: only a modern server has them (requirements 2.3). */
const pipeVerdict = (error: unknown): Verdict => {
  if (error instanceof ConnectionClosed) return 'gone'
  if (error instanceof RpcError) return error.code === -32022 || error.code === -32021 ? 'modern' : 'legacy'
  const silent = error instanceof DOMException && error.name === 'TimeoutError'
  return silent || error instanceof InvalidResult ? 'legacy' : 'none'
}

const supportedOf = (error: unknown): readonly string[] | undefined => {
  if (!(error instanceof RpcError) || !isObject(error.data)) return undefined
  const { supported } = error.data
  if (!Array.isArray(supported)) return undefined
  return supported.filter((version): version is string => typeof version === 'string')
}

const infoIn = (value: unknown): Implementation | undefined =>
  isObject(value) && typeof value['name'] === 'string' && typeof value['version'] === 'string'
    ? (value as Implementation)
    : undefined

const termsOf = (revision: ClientRevision, result: JsonObject, info: unknown): Terms => {
  const { capabilities, instructions } = result
  return {
    revision,
    info: infoIn(info),
    capabilities: isObject(capabilities) ? capabilities : {},
    instructions: typeof instructions === 'string' ? instructions : undefined,
  }
}

/** Throws what a failed `initialize` means: what came back but was no agreement is a failed negotiation. */
const explained = (error: unknown): never => {
  if (error instanceof RpcError) {
    const supported = supportedOf(error)
    const options = supported === undefined ? { cause: error } : { cause: error, supported }
    throw new NegotiationFailed(`The server refused initialize: ${error.message}`, options)
  }
  if (!(error instanceof InvalidResult)) throw error
  throw new NegotiationFailed(`The server's answer to initialize cannot be read: ${error.message}`, { cause: error })
}

/** One attempt at an agreement over one link. */
class Attempt {
  readonly #link: Link
  readonly #options: ClientOptions
  readonly #offered: readonly ClientRevision[]
  readonly #verdict: (error: unknown) => Verdict
  readonly #over = new AbortController()
  readonly #signal: AbortSignal

  constructor(link: Link, options: ClientOptions, offered: readonly ClientRevision[], verdict = pipeVerdict) {
    this.#link = link
    this.#options = options
    this.#offered = offered
    this.#verdict = verdict
    this.#signal =
      options.signal === undefined ? this.#over.signal : AbortSignal.any([this.#over.signal, options.signal])
  }

  get #modern(): ClientRevision | undefined {
    return this.#offered.find((revision) => revision.era === 'modern')
  }

  get #legacy(): ClientRevision | undefined {
    return this.#offered.find((revision) => revision.era === 'legacy')
  }

  /** Settles with the terms, or with undefined when the far side went away without a word. */
  async run(): Promise<Terms | undefined> {
    try {
      const revision = this.#modern
      if (revision === undefined) return await this.initialize()
      const probe = this.#probe(revision)
      const first = await this.#within(probe)
      if (first !== undefined) return await this.#follow(first)
      const silence = timedOut('server/discover had no answer in time')
      if (this.#verdict(silence) !== 'legacy') throw silence
      return await this.#fallBack(probe)
    } finally {
      // A probe that nobody answered would wait for ever.
      this.#over.abort()
    }
  }

  async #probe(revision: ClientRevision): Promise<Probed> {
    const draft = { method: 'server/discover', params: {} }
    const params = revision.writeCall(draft, selfOf(this.#options, 'modern'))
    try {
      const wire = await this.#link.request(draft.method, params, { ...noTimeout, signal: this.#signal })
      const reply = revision.readOutcome(draft.method, wire)
      return reply.kind === 'complete' ? this.#discovered(reply.result) : { kind: 'legacy' }
    } catch (error) {
      const verdict = this.#verdict(error)
      if (verdict === 'gone') return { kind: 'gone', error }
      if (verdict === 'none') return { kind: 'failed', error }
      if (verdict === 'legacy') return { kind: 'legacy', error }
      return { kind: 'choose', supported: supportedOf(error), error: error instanceof RpcError ? error : undefined }
    }
  }

  #discovered(result: JsonObject): Probed {
    const supported = result['supportedVersions']
    if (!Array.isArray(supported)) return { kind: 'legacy' }
    const revision = this.#mutual(supported, 'modern')
    if (revision === undefined) return { kind: 'choose', supported, error: undefined }
    return { kind: 'modern', terms: termsOf(revision, result, metaOf(result)[metaKeys.serverInfo]) }
  }

  /** Settles with undefined when the probe stays silent for the time that a slow starter gets (3.1 #10). */
  async #within(probe: Promise<Probed>): Promise<Probed | undefined> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const silence = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), this.#options.probeTimeout ?? 10_000)
    })
    try {
      return await untilAborted(Promise.race([probe, silence]), this.#signal)
    } finally {
      clearTimeout(timer)
    }
  }

  async #follow(probed: Probed): Promise<Terms | undefined> {
    switch (probed.kind) {
      case 'modern':
        return probed.terms
      case 'choose':
        return this.#choose(probed.supported, probed.error)
      case 'legacy':
        return this.initialize(probed.error)
      case 'gone':
        // A second start is for `initialize`; where that may not be spoken, the first end is the whole story.
        if (this.#legacy === undefined) throw probed.error
        return undefined
      default:
        throw probed.error
    }
  }

  #mutual(supported: readonly unknown[], era: 'legacy' | 'modern'): ClientRevision | undefined {
    return this.#offered.find((revision) => revision.era === era && supported.includes(revision.version))
  }

  /** Chooses from what the far side said it speaks: a mutual modern revision before a legacy one (V2, 3.2 #1). */
  async #choose(supported: readonly string[] = [], cause?: unknown): Promise<Terms> {
    const modern = cause === undefined ? undefined : this.#mutual(supported, 'modern')
    if (modern !== undefined) {
      const again = await this.#within(this.#probe(modern))
      if (again?.kind === 'modern') return again.terms
      const error = again !== undefined && 'error' in again ? again.error : cause
      throw new NegotiationFailed('The server refused the version that it offered', { cause: error, supported })
    }
    const legacy = this.#mutual(supported, 'legacy')
    if (legacy !== undefined) return this.#shakeHands(legacy).catch(explained)
    throw new NegotiationFailed(
      `No revision is shared: the server speaks ${supported.join(', ') || 'none that it names'}, and this client ` +
        this.#offered.map((revision) => revision.version).join(', '),
      { cause, supported },
    )
  }

  /** Falls back while the probe is still out: a late answer counts as long as `initialize` has not succeeded. */
  async #fallBack(probe: Promise<Probed>): Promise<Terms | undefined> {
    const late = probe.then((probed) => (probed.kind === 'legacy' ? new Promise<never>(() => undefined) : probed))
    const handshake = this.initialize().then(
      (terms) => ({ terms }),
      (error: unknown) => ({ error }),
    )
    const first = await untilAborted(Promise.race([late, handshake]), this.#signal)
    if ('kind' in first) return this.#follow(first)
    if ('terms' in first) return first.terms
    const second = await this.#within(probe)
    if (second === undefined || second.kind === 'legacy') throw first.error
    return this.#follow(second)
  }

  /** Opens a legacy conversation in the newest legacy revision that may be spoken (L1). */
  async initialize(cause?: unknown): Promise<Terms> {
    const revision = this.#legacy
    if (revision === undefined) {
      const why = cause instanceof Error ? `: ${cause.message}` : ''
      throw new NegotiationFailed(`The server speaks no modern revision, and no other may be spoken${why}`, { cause })
    }
    try {
      return await this.#shakeHands(revision)
    } catch (error) {
      return this.#reconsider(error, revision)
    }
  }

  async #shakeHands(revision: ClientRevision): Promise<Terms> {
    const self = selfOf(this.#options, 'legacy')
    const offer = { protocolVersion: revision.version, capabilities: self.capabilities, clientInfo: self.info }
    const { timeout, maxTimeout } = this.#options
    const params = revision.writeCall({ method: 'initialize', params: offer }, self)
    // MUST NOT (2025-11-25, basic/utilities/cancellation): `initialize` is never cancelled; giving up closes the link.
    const wire = await this.#link.request('initialize', params, { signal: this.#options.signal, timeout, maxTimeout })
    const reply = revision.readOutcome('initialize', wire)
    const { protocolVersion, serverInfo } = reply.kind === 'complete' ? reply.result : {}
    const settled = this.#mutual([protocolVersion], 'legacy')
    if (settled === undefined || reply.kind !== 'complete') {
      // SHOULD (2025-11-25, basic/lifecycle): disconnect on a version that is not supported (L3).
      throw new NegotiationFailed(`The server chose ${JSON.stringify(protocolVersion)}, which is not spoken here`, {
        supported: typeof protocolVersion === 'string' ? [protocolVersion] : [],
      })
    }
    return termsOf(settled, reply.result, serverInfo)
  }

  /** An error to `initialize` that names a revision both sides speak reverses the verdict (V7, 3.1 #10). */
  async #reconsider(error: unknown, tried: ClientRevision): Promise<Terms> {
    const others = (supportedOf(error) ?? []).filter((version) => version !== tried.version)
    const mutual = this.#mutual(others, 'modern') ?? this.#mutual(others, 'legacy')
    return mutual === undefined ? explained(error) : this.#choose(others, error)
  }
}

/**
 * Finds out which revision both sides speak, on any road (2026-07-28, basic/versioning).
 *
 * One link is dialled; a second only when the first one's far side went away before it had answered the probe. Rejects
 * with `NegotiationFailed` when nothing is shared, and closes the link whenever it rejects.
 */
export const negotiate = async (
  target: Dial | Connectable,
  responder: Responder,
  options: ClientOptions,
): Promise<Agreement> => {
  const { signal, versions } = options
  const offered = clientRevisions.filter((revision) => versions?.includes(revision.version) ?? true)
  if (offered.length === 0) throw new TypeError(`None of these revisions is known: ${versions?.join(', ')}`)
  signal?.throwIfAborted()
  const [dial, verdict] =
    typeof target === 'function' ? [target, undefined] : [target.dial.bind(target), target.verdict?.bind(target)]
  for (let dials = 1; ; dials += 1) {
    const link = await dial(responder, signal)
    try {
      const attempt = new Attempt(link, options, offered, verdict)
      const terms = dials === 1 ? await attempt.run() : await attempt.initialize()
      if (terms !== undefined) return { link, ...terms }
    } catch (error) {
      await link[Symbol.asyncDispose]()
      throw error
    }
    await link[Symbol.asyncDispose]()
  }
}
