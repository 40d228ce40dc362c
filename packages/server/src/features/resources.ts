import {
  compareSpecificity,
  invalidParams,
  resourceNotFound,
  sameShape,
  screenVariable,
  UriTemplate,
} from '@parley/core'
import type {
  Annotations,
  CacheHints,
  Principal,
  ReadResourceResult,
  Resource,
  ResourceTemplate,
  ServerCapabilities,
  TemplateVariables,
} from '@parley/core'
import { InputRequired } from '@parley/protocol'
import type { Call } from '@parley/protocol'
import type { Context } from '../context.ts'
import { hintsFor, listPage } from '../pages.ts'
import { described, Registry } from '../registry.ts'
import type { Described, Registration, RegistryOptions, Visibility } from '../registry.ts'
import { completableOf } from './completer.ts'
import type { Completable, Completer, Completers, CompletionSource } from './completer.ts'
import type { Feature, FeatureHost, HandlerResult, MethodHandler } from './feature.ts'
import { contentsOf } from './resource-contents.ts'

/** A resource in the list of a template; its name is the URI unless one is given. */
export type ListedResource = Omit<Resource, 'name'> & { name?: string }

/** What a resource says of itself, and how long what was read stays fresh. */
export type ResourceSettings = Described &
  CacheHints & {
    /** @default the URI or template */
    name?: string | undefined
    /** @default `text/plain` for strings, what bytes begin with, `application/json` for the rest */
    mimeType?: string | undefined
    /** Bytes, where they are known beforehand. */
    size?: number | undefined
    annotations?: Annotations | undefined
    /** Who may see and read it. @default everyone */
    visible?: Visibility | undefined
  }

/** A resource's settings, and what only a template has. */
export type ResourceOptions<Uri extends string = string> = ResourceSettings & {
  /** Lists resources of a template; without it, only the template is listed. */
  list?: (ctx: Context) => readonly ListedResource[] | Promise<readonly ListedResource[]>
  /** Suggests values for variables. */
  complete?: { readonly [Name in keyof TemplateVariables<Uri> & string]?: Completer }
  /** Variables that may hold `..` segments, absolute paths and NUL, because the handler deals with them. */
  unsafe?: readonly (keyof TemplateVariables<Uri> & string)[]
}

/**
 * Reads a resource: a string is text, bytes are a blob, `{ contents }` is the result, an async iterable is collected,
 * anything else is JSON. Nothing at all means that there is no such resource.
 */
export type ResourceHandler<Uri extends string, Lifespan = unknown> = (
  variables: TemplateVariables<Uri>,
  ctx: Context<Lifespan>,
) => unknown

/** What may be changed of a registered resource. */
export type ResourceChanges = ResourceSettings

/**
 * Registers a resource at a URI, or, where there are braces, at every URI of an RFC 6570 template.
 *
 * It throws a `TypeError` for a URI without a scheme, a broken template, a template that another one ties with, a taken
 * URI, and for options that name no variable.
 */
export interface ResourceRegistrar<Lifespan = unknown> {
  <const Uri extends string>(uri: Uri, handler: ResourceHandler<Uri, Lifespan>): Registration<ResourceChanges>
  <const Uri extends string>(
    uri: Uri,
    options: ResourceOptions<Uri>,
    handler: ResourceHandler<Uri, Lifespan>,
  ): Registration<ResourceChanges>
}

type AnyOptions = Omit<ResourceOptions, 'complete'> & { complete?: Completers }
type AnyHandler = (variables: never, ctx: never) => unknown

type Item = {
  readonly uri: string
  readonly options: AnyOptions
  readonly visible: Visibility | undefined
  /** What a template lists may depend on who asks. */
  readonly varies: boolean
  readonly handler: AnyHandler
  /** Absent where the URI is fixed. */
  readonly template: UriTemplate | undefined
  readonly resources: readonly Resource[]
  readonly templates: readonly ResourceTemplate[]
  readonly completable: Completable
}

type Found = { item: Item; variables: ReadonlyMap<string, string | string[]> }

/** What clients may read: `resources/list`, `resources/templates/list` and `resources/read` (server/resources). */
export class Resources implements Feature, CompletionSource {
  readonly #host: FeatureHost
  readonly #registry: Registry<Item, ResourceChanges>
  /** The templates, the more specific first; made when next needed. */
  #ranked: readonly UriTemplate[] | undefined

  readonly methods: ReadonlyMap<string, MethodHandler> = new Map<string, MethodHandler>([
    [
      'resources/list',
      async (call, ctx) => {
        const { items, ...rest } = await listPage(call, this.#registry, this.#host, 'resources', (item) =>
          listed(item, ctx),
        )
        return { resources: items, ...rest }
      },
    ],
    [
      'resources/templates/list',
      async (call) => {
        const { items, ...rest } = await listPage(
          call,
          this.#registry,
          this.#host,
          'resources/templates',
          ({ templates }) => templates,
        )
        return { resourceTemplates: items, ...rest }
      },
    ],
    ['resources/read', (call, ctx): Promise<HandlerResult> => this.read(call, ctx)],
  ])

  constructor(host: FeatureHost & RegistryOptions) {
    this.#host = host
    this.#registry = new Registry({
      kind: 'resource',
      duplicates: host,
      changed: () => {
        this.#ranked = undefined
        host.publish({ list: 'resources' })
      },
      remake: ({ uri, options, handler }, changes) => make(uri, { ...options, ...changes }, handler),
    })
  }

  capabilities(): Partial<ServerCapabilities> {
    return this.#registry.issued === 0 ? {} : { resources: { subscribe: true, listChanged: true } }
  }

  /** What registers resources here. */
  registrar<Lifespan>(): ResourceRegistrar<Lifespan> {
    return (uri: string, first: AnyOptions | AnyHandler, second?: AnyHandler) => {
      const [options, handler] = typeof first === 'function' ? [{}, first] : [first, second]
      if (typeof handler !== 'function') throw new TypeError(`The resource ${uri} has no handler`)
      const item = make(uri, options, handler)
      const { template } = item
      const rival = this.#templates().find(
        (other) => template !== undefined && String(other) !== uri && sameShape(other, template),
      )
      if (rival !== undefined) {
        throw new TypeError(
          `The templates ${uri} and ${String(rival)} match the same URIs: nothing decides between them`,
        )
      }
      return this.#registry.add(uri, item)
    }
  }

  get completes(): boolean {
    return [...this.#registry.all()].some(({ options }) => Object.keys(options.complete ?? {}).length > 0)
  }

  completable(uri: string, principal: Principal | undefined): Completable | undefined {
    return (this.#registry.get(uri, principal) ?? this.#find(uri, principal)?.item)?.completable
  }

  /**
   * Reads the resource that a call names.
   * @throws RpcError (by rejection) `resourceNotFound`, or `invalidParams` for a variable that climbs out of its place
   */
  async read({ params, exchange }: Call, ctx: Context): Promise<ReadResourceResult | InputRequired> {
    const { uri } = params
    if (typeof uri !== 'string') throw invalidParams('uri must be a string')
    const found = this.#find(uri, exchange.origin.principal)
    if (found === undefined) throw resourceNotFound(uri)
    const { item, variables } = found
    for (const [name, value] of variables) {
      const fault = item.options.unsafe?.includes(name) === true ? undefined : screenVariable(name, value)
      if (fault !== undefined) throw invalidParams(`Invalid resource URI: ${fault}`, { uri })
    }
    const run = item.handler as (variables: object, ctx: Context) => unknown
    // `fromEntries` defines members, where assignment would set the prototype for a variable named `__proto__`.
    const value = await run(Object.fromEntries(variables), ctx)
    if (value instanceof InputRequired) return value
    // MUST (2026-07-28, server/resources#error-handling): never empty contents for what is not there (R2).
    if (value === undefined) throw resourceNotFound(uri)
    const { mimeType, ttlMs, cacheScope } = item.options
    const hints = { ...(ttlMs !== undefined && { ttlMs }), ...(cacheScope !== undefined && { cacheScope }) }
    return { contents: await contentsOf(value, uri, mimeType), ...hintsFor(hints, item.visible !== undefined) }
  }

  #find(uri: string, principal: Principal | undefined): Found | undefined {
    const fixed = this.#registry.get(uri, principal)
    if (fixed !== undefined && fixed.template === undefined) return { item: fixed, variables: new Map() }
    for (const template of this.#templates()) {
      const variables = template.match(uri)
      const item = variables === undefined ? undefined : this.#registry.get(String(template), principal)
      if (item !== undefined && variables !== undefined) return { item, variables }
    }
    return undefined
  }

  #templates(): readonly UriTemplate[] {
    const all = (): UriTemplate[] => [...this.#registry.all()].flatMap(({ template }) => template ?? [])
    this.#ranked ??= all().toSorted(compareSpecificity)
    return this.#ranked
  }
}

const listed = ({ options, resources }: Item, ctx: Context): readonly Resource[] | Promise<readonly Resource[]> => {
  if (options.list === undefined) return resources
  const named = (own: readonly ListedResource[]): Resource[] =>
    own.map((each) => ({ ...each, name: each.name ?? each.uri }))
  const own = options.list(ctx)
  return own instanceof Promise ? own.then(named) : named(own)
}

const make = (uri: string, options: AnyOptions, handler: AnyHandler): Item => {
  const template = /[{}]/.test(uri) ? new UriTemplate(uri) : undefined
  // The custom schemes of resources obey RFC 3986 (R4); a template may begin with a variable.
  if (!/^(?:[A-Za-z][A-Za-z\d+.-]*:|\{)[^\s\0]*$/.test(uri))
    throw new TypeError(`${JSON.stringify(uri)} is no URI: it needs a scheme`)
  const { variables = [] } = template ?? {}
  const what = `The resource ${uri}`
  const stray = options.unsafe?.find((name) => !variables.includes(name))
  if (stray !== undefined) throw new TypeError(`${what} has no variable ${JSON.stringify(stray)}`)
  if (template === undefined && options.list !== undefined)
    throw new TypeError(`${what} has no variables to list it by`)
  const { name = uri, mimeType, size, annotations, visible } = options
  const shown = {
    name,
    ...described(options),
    ...(mimeType !== undefined && { mimeType }),
    ...(annotations !== undefined && { annotations }),
  }
  const completable = completableOf(what, variables, options.complete)
  const varies = options.list !== undefined
  const own = { uri, options, visible, varies, handler, template, completable }
  if (template !== undefined) return { ...own, resources: [], templates: [{ uriTemplate: uri, ...shown }] }
  return { ...own, resources: [{ uri, ...shown, ...(size !== undefined && { size }) }], templates: [] }
}
