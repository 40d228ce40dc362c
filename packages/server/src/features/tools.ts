import {
  checkArguments,
  compile,
  describeIssues,
  invalidParams,
  isObject,
  isThenable,
  orElse,
  preload,
  RpcError,
  ToolError,
} from '@parley/core'
import type {
  Awaitable,
  CallToolResult,
  Check,
  Checked,
  InferInput,
  InferOutput,
  JsonObject,
  Principal,
  Schema,
  ServerCapabilities,
  Tool,
  ToolAnnotations,
  ToolInputSchema,
} from '@parley/core'
import { Deadlines, mirroredArguments, Unanswered } from '@parley/protocol/server'
import type { Call, InputRequired, Mirrored } from '@parley/protocol/server'
import { isCancellation } from '../cancellation.ts'
import type { Context } from '../context.ts'
import { ListPages } from '../pages.ts'
import { described, listedItem, Registry, requiredScopes } from '../registry.ts'
import type { Described, Registration, RegistryOptions, Restricted, Visibility } from '../registry.ts'
import type { ScopedItems } from '../scopes.ts'
import type { Feature, FeatureHost, HandlerResult, MethodHandler } from './feature.ts'
import { listedSchema } from './listed-schema.ts'
import { failed, resultOf } from './tool-result.ts'
import type { ToolResult } from './tool-result.ts'
import { runWithin } from './tool-timeout.ts'

/** What a tool says of itself, and how it is run. */
export type ToolSettings = Described &
  Restricted & {
    /** What the tool says about its behaviour, such as `readOnlyHint`. */
    annotations?: ToolAnnotations | undefined
    /** Milliseconds, questions to the caller included, after which the model is told that the tool timed out. @default none */
    timeout?: number | undefined
  }

/** A tool's settings and schemas. */
export type ToolOptions<I extends Schema | undefined, O extends Schema | undefined> = ToolSettings & {
  /** The arguments; the root is an object. @default none, and whatever is sent is dropped */
  input?: I
  /** What the tool returns, checked each time and listed. @default anything, not listed */
  output?: O
}

/** What a tool is called with. */
export type ToolArguments<I extends Schema | undefined> = I extends Schema ? InferOutput<I> : object

/** What a tool may return: what its output schema takes, or anything that has a form in JSON or is content. */
export type ToolReturn<O extends Schema | undefined> = O extends Schema
  ? InferInput<O> | ToolResult | InputRequired
  : unknown

/**
 * Does a tool's work.
 *
 * Throw `ToolError` to tell the model what went wrong and `RpcError` for a protocol error; anything else is masked.
 */
export type ToolHandler<I extends Schema | undefined, O extends Schema | undefined, Lifespan = unknown> = (
  args: ToolArguments<I>,
  ctx: Context<Lifespan>,
) => ToolReturn<O> | Promise<ToolReturn<O>>

/** What may be changed of a registered tool; its schemas and handler belong together and stay. */
export type ToolChanges = ToolSettings

/**
 * Registers a tool. Names are 1 to 128 of `A-Z a-z 0-9 _ - .`.
 *
 * It throws a `TypeError` for another name or a taken one, for arguments whose root is no object, for schemas that have
 * no form in JSON Schema, and for an `x-mcp-header` where none may stand.
 */
export interface ToolRegistrar<Lifespan = unknown> {
  (name: string, handler: ToolHandler<undefined, undefined, Lifespan>): Registration<ToolChanges>
  <const I extends Schema | undefined = undefined, const O extends Schema | undefined = undefined>(
    name: string,
    options: ToolOptions<I, O>,
    handler: ToolHandler<I, O, Lifespan>,
  ): Registration<ToolChanges>
}

type AnyOptions = ToolOptions<Schema | undefined, Schema | undefined>
// What every handler can be taken for; the schemas make sure that it gets what it expects.
type AnyHandler = (args: never, ctx: never) => unknown

type Item = {
  readonly options: AnyOptions
  readonly visible: Visibility | undefined
  readonly scopes: readonly string[]
  readonly handler: AnyHandler
  readonly listed: readonly [Tool]
  readonly mirrored: readonly Mirrored[]
  readonly check: (args: JsonObject) => Checked | Promise<Checked>
  readonly output: Check | undefined
}

/** The functions that models may call: `tools/list` and `tools/call` (server/tools). */
export class Tools implements Feature {
  readonly #host: FeatureHost
  readonly #registry: Registry<Item, ToolChanges>
  readonly #pages: ListPages<Item, Tool>
  readonly #deadlines = new Deadlines()
  /** A schema that may need an interpreter which is not there yet. */
  #interpreted: Schema | undefined

  readonly methods: ReadonlyMap<string, MethodHandler> = new Map<string, MethodHandler>([
    ['tools/list', (call, ctx) => this.#list(call, ctx)],
    ['tools/call', (call, ctx) => this.#call(call, ctx)],
  ])

  constructor(host: FeatureHost & RegistryOptions) {
    this.#host = host
    this.#registry = new Registry({
      kind: 'tool',
      duplicates: host,
      changed: () => host.publish({ list: 'tools' }),
      remake: ({ listed: [{ name }], options, handler }, changes) =>
        this.#make(name, { ...options, ...changes }, handler),
    })
    this.#pages = new ListPages(this.#registry, host, { list: 'tools', key: 'tools' }, ({ listed }) => listed)
  }

  capabilities(): Partial<ServerCapabilities> {
    return this.#registry.issued === 0 ? {} : { tools: { listChanged: true } }
  }

  /** What registers tools here. */
  registrar<Lifespan>(): ToolRegistrar<Lifespan> {
    return (name: string, first: AnyOptions | AnyHandler, second?: AnyHandler) => {
      const [options, handler] = typeof first === 'function' ? [{}, first] : [first, second]
      if (!/^[\w.-]{1,128}$/.test(name)) {
        throw new TypeError(`${JSON.stringify(name)} is no name for a tool: use 1 to 128 of A-Z a-z 0-9 _ - .`)
      }
      if (typeof handler !== 'function') throw new TypeError(`The tool "${name}" has no handler`)
      return this.#registry.add(name, this.#make(name, options, handler))
    }
  }

  #make(name: string, options: AnyOptions, handler: AnyHandler): Item {
    const { input, output, annotations, visible } = options
    const scopes = requiredScopes(`The tool "${name}"`, options.scopes)
    const { check, inputSchema } = this.#input(name, input)
    const tool = listedItem<Tool>(`The tool "${name}"`, {
      name,
      ...described(options),
      inputSchema,
      ...(output !== undefined && { outputSchema: listedSchema(output, 'output', this.#host) }),
      ...(annotations !== undefined && { annotations }),
    })
    const checkOutput = output === undefined ? undefined : compile(output, { validator: this.#host.validator })
    const mirrored = mirroredIn(inputSchema)
    return { options, visible, scopes, handler, listed: [tool], mirrored, check, output: checkOutput }
  }

  #input(name: string, input: Schema | undefined): { check: Item['check']; inputSchema: ToolInputSchema } {
    // Hosts are known to make up an argument for tools that take none; it is dropped rather than refused.
    if (input === undefined) return { check: () => ({ ok: true, value: {} }), inputSchema: NO_ARGUMENTS }
    const json = listedSchema(input, 'input', this.#host)
    // MUST (server/tools#tool): the root of the arguments is an object (O4).
    if (json['type'] !== 'object') {
      throw new TypeError(
        `The input of the tool "${name}" must be an object, as z.object({ … }) is: its JSON Schema needs "type": "object" at the root`,
      )
    }
    const check = compile(input, { validator: this.#host.validator })
    if (this.#host.validator === undefined && !('~standard' in input)) this.#interpreted = input
    return { check: (args) => checkArguments(check, json, args), inputSchema: { ...json, type: 'object' } }
  }

  #list(call: Call, ctx: Context): Awaitable<HandlerResult> {
    // Whoever looks at the tools is about to call one.
    if (this.#interpreted !== undefined) preload(this.#interpreted)
    this.#interpreted = undefined
    return this.#pages.answer(call, ctx)
  }

  /** What may need scopes. */
  get items(): ScopedItems {
    return this.#registry
  }

  /** Which of a call's params also stand in headers. */
  mirrored(name: unknown, principal: Principal | undefined): readonly Mirrored[] {
    return (typeof name === 'string' && this.#registry.get(name, principal)?.mirrored) || []
  }

  #call(call: Call, ctx: Context): Awaitable<HandlerResult> {
    const { name, arguments: given = {} } = call.params
    const item = typeof name === 'string' ? this.#registry.get(name, call.exchange.origin.principal) : undefined
    if (item === undefined) throw invalidParams(`Unknown tool: ${String(name).slice(0, 128)}`)
    if (!isObject(given)) throw invalidParams('arguments must be an object')
    const caught = (error: unknown): CallToolResult => this.#caught(error, call)
    try {
      const checked = item.check(given)
      if (!(checked instanceof Promise)) return this.#run(item, checked, ctx, caught)
      return checked.then((late) => this.#run(item, late, ctx, caught)).catch(caught)
    } catch (error) {
      return caught(error)
    }
  }

  #run(
    { handler, options, listed, output }: Item,
    checked: Checked,
    ctx: Context,
    caught: (error: unknown) => CallToolResult,
  ): Awaitable<HandlerResult> {
    // A model can mend its arguments, if it is told which (SEP-1303).
    if (!checked.ok) return failed(`Invalid arguments for ${listed[0].name}: ${describeIssues(checked.issues)}`)
    const run = (own: Context): unknown => (handler as (args: unknown, ctx: Context) => unknown)(checked.value, own)
    const { timeout } = options
    const value = timeout === undefined ? run(ctx) : runWithin(timeout, this.#deadlines, ctx, run)
    const ended = (settled: unknown): Awaitable<HandlerResult> => orElse(() => resultOf(settled, output), caught)
    // Query builders are awaited too: what can be awaited need not be a promise.
    return isThenable(value) ? Promise.resolve(value).then(ended, caught) : ended(value)
  }

  #caught(error: unknown, call: Call): CallToolResult {
    if (error instanceof ToolError) return failed(error.message)
    if (error instanceof RpcError || error instanceof Unanswered || isCancellation(error, call.exchange.signal))
      throw error
    return failed(this.#host.mask(error, call))
  }
}

const mirroredIn = (inputSchema: ToolInputSchema): readonly Mirrored[] =>
  mirroredArguments(inputSchema).map(({ header, path }) => ({ header, path: ['arguments', ...path] }))

const NO_ARGUMENTS: ToolInputSchema = { type: 'object', additionalProperties: false }
