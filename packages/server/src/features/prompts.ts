import { describeIssues, invalidParams, isObject } from '@parley/core'
import type { GetPromptResult, Principal, Prompt, PromptMessage, ServerCapabilities } from '@parley/core'
import { InputRequired } from '@parley/protocol/server'
import type { Call } from '@parley/protocol/server'
import { isContentBlock, user } from '../content.ts'
import type { Context } from '../context.ts'
import { ListPages } from '../pages.ts'
import { described, listedItem, Registry, requiredScopes } from '../registry.ts'
import type { Described, Registration, RegistryOptions, Restricted, Visibility } from '../registry.ts'
import type { ScopedItems } from '../scopes.ts'
import { completableOf } from './completer.ts'
import type { Completable, Completer, Completers, CompletionSource } from './completer.ts'
import type { Feature, FeatureHost, HandlerResult, MethodHandler } from './feature.ts'
import { argumentsOf } from './prompt-arguments.ts'
import type { Arguments, ArgumentSchemas, ArgumentValues } from './prompt-arguments.ts'

/** What a prompt says of itself. */
export type PromptSettings = Described & Restricted

/** A prompt's settings and arguments. */
export type PromptOptions<A extends ArgumentSchemas | undefined> = PromptSettings & {
  /** The arguments, strings on the wire; schemas of other types read them. Optional means not required. @default none */
  args?: A
  /** Suggests values; an argument with a choice of values suggests those by itself. */
  complete?: { readonly [Name in keyof ArgumentValues<A> & string]?: Completer }
}

/** What one message of a prompt may be made of. */
export type PromptPart = string | PromptMessage | GetPromptResult['messages'][number]['content']

/** What a prompt may return: text or content as the user's message, messages, a list of these, or the whole result. */
export type PromptReturn = PromptPart | readonly (PromptPart | Promise<PromptPart>)[] | GetPromptResult | InputRequired

/** Fills in a prompt. */
export type PromptHandler<A extends ArgumentSchemas | undefined, Lifespan = unknown> = (
  args: ArgumentValues<A>,
  ctx: Context<Lifespan>,
) => PromptReturn | Promise<PromptReturn>

/** What may be changed of a registered prompt; its arguments and handler belong together and stay. */
export type PromptChanges = PromptSettings

/**
 * Registers a prompt.
 *
 * It throws a `TypeError` for an empty or taken name, for arguments that are no object, for a completer of no argument,
 * and for schemas that have no form in JSON Schema.
 */
export interface PromptRegistrar<Lifespan = unknown> {
  (name: string, handler: PromptHandler<undefined, Lifespan>): Registration<PromptChanges>
  <const A extends ArgumentSchemas | undefined = undefined>(
    name: string,
    options: PromptOptions<A>,
    handler: PromptHandler<A, Lifespan>,
  ): Registration<PromptChanges>
}

type AnyOptions = PromptSettings & { args?: ArgumentSchemas | undefined; complete?: Completers }
type AnyHandler = (args: never, ctx: never) => unknown

type Item = {
  readonly options: AnyOptions
  readonly visible: Visibility | undefined
  readonly scopes: readonly string[]
  readonly handler: AnyHandler
  readonly listed: readonly [Prompt]
  readonly args: Arguments
  readonly completable: Completable
}

/** Messages that users may start from: `prompts/list` and `prompts/get` (server/prompts). */
export class Prompts implements Feature, CompletionSource {
  readonly #host: FeatureHost
  readonly #registry: Registry<Item, PromptChanges>
  readonly #pages: ListPages<Item, Prompt>

  readonly methods: ReadonlyMap<string, MethodHandler> = new Map<string, MethodHandler>([
    ['prompts/list', (call, ctx) => this.#pages.answer(call, ctx)],
    ['prompts/get', (call, ctx) => this.#get(call, ctx)],
  ])

  constructor(host: FeatureHost & RegistryOptions) {
    this.#host = host
    this.#registry = new Registry({
      kind: 'prompt',
      duplicates: host,
      changed: () => host.publish({ list: 'prompts' }),
      remake: ({ listed: [{ name }], options, handler }, changes) =>
        this.#make(name, { ...options, ...changes }, handler),
    })
    this.#pages = new ListPages(this.#registry, host, { list: 'prompts', key: 'prompts' }, ({ listed }) => listed)
  }

  capabilities(): Partial<ServerCapabilities> {
    return this.#registry.issued === 0 ? {} : { prompts: { listChanged: true } }
  }

  /** What registers prompts here. */
  registrar<Lifespan>(): PromptRegistrar<Lifespan> {
    return (name: string, first: AnyOptions | AnyHandler, second?: AnyHandler) => {
      const [options, handler] = typeof first === 'function' ? [{}, first] : [first, second]
      if (name === '') throw new TypeError('A prompt needs a name')
      if (typeof handler !== 'function') throw new TypeError(`The prompt "${name}" has no handler`)
      return this.#registry.add(name, this.#make(name, options, handler))
    }
  }

  /** What may need scopes. */
  get items(): ScopedItems {
    return this.#registry
  }

  get completes(): boolean {
    return this.#registry.all().some(({ completable }) => [...completable.values()].some((each) => each !== undefined))
  }

  completable(name: string, principal: Principal | undefined): Completable | undefined {
    return this.#registry.get(name, principal)?.completable
  }

  #make(name: string, options: AnyOptions, handler: AnyHandler): Item {
    const what = `The prompt "${name}"`
    const args = argumentsOf(options.args, this.#host)
    const names = args.listed.map((argument) => argument.name)
    const listed = { name, ...described(options), ...(names.length > 0 && { arguments: args.listed }) }
    const prompt = listedItem<Prompt>(what, listed)
    const completable = completableOf(what, names, options.complete, args.properties)
    const scopes = requiredScopes(what, options.scopes)
    return { options, visible: options.visible, scopes, handler, listed: [prompt], args, completable }
  }

  async #get(call: Call, ctx: Context): Promise<HandlerResult> {
    const { name, arguments: given = {} } = call.params
    const item = typeof name === 'string' ? this.#registry.get(name, call.exchange.origin.principal) : undefined
    if (item === undefined) throw invalidParams(`Unknown prompt: ${String(name).slice(0, 128)}`)
    if (!isObject(given)) throw invalidParams('arguments must be an object')
    const [{ name: known, description }] = item.listed
    const checked = await item.args.check(given)
    if (!checked.ok) throw invalidParams(`Invalid arguments for ${known}: ${describeIssues(checked.issues)}`)
    const run = item.handler as (args: unknown, ctx: Context) => unknown
    const value = await run(checked.value, ctx)
    if (value instanceof InputRequired) return value
    if (isWhole(value)) return value
    const parts: unknown[] = await Promise.all(Array.isArray(value) ? value : [value])
    return { ...(description !== undefined && { description }), messages: parts.map(messageOf) }
  }
}

const isMessage = (value: unknown): value is PromptMessage =>
  isObject(value) && (value['role'] === 'user' || value['role'] === 'assistant') && isContentBlock(value['content'])

const isWhole = (value: unknown): value is GetPromptResult =>
  isObject(value) && Array.isArray(value['messages']) && value['messages'].every(isMessage)

const messageOf = (part: unknown): PromptMessage => {
  if (isMessage(part)) return part
  if (typeof part === 'string' || isContentBlock(part)) return user(part)
  throw new TypeError('A prompt returns text, content, messages, or a list of these')
}
