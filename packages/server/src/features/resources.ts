import { compareSpecificity, invalidParams, resourceNotFound, sameShape, screenVariable } from '@parley/core'
import type {
  Principal,
  ReadResourceResult,
  Resource,
  ResourceTemplate,
  ServerCapabilities,
  TemplateVariables,
  UriTemplate,
} from '@parley/core'
import { InputRequired } from '@parley/protocol/server'
import type { Call } from '@parley/protocol/server'
import type { Context } from '../context.ts'
import { checkHints, hintsFor, ListPages } from '../pages.ts'
import { Registry } from '../registry.ts'
import type { Registration, RegistryOptions } from '../registry.ts'
import type { ScopedItems } from '../scopes.ts'
import type { Completable, CompletionSource } from './completer.ts'
import type { Feature, FeatureHost, HandlerResult, MethodHandler } from './feature.ts'
import { contentsOf, filledIn, isPartialResult } from './resource-contents.ts'
import { itemOf, resourcesOf } from './resource-item.ts'
import type { AnyHandler, AnyOptions, Item, ResourceOptions, ResourceSettings } from './resource-item.ts'

export type { ListedResource, ResourceOptions, ResourceSettings } from './resource-item.ts'

/**
 * Reads a resource: a string is text, bytes are a blob, contents are themselves, `{ contents }` is the whole result, an async iterable is collected,
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

type Found = { item: Item; variables: ReadonlyMap<string, string | string[]> }

/** What clients may read: `resources/list`, `resources/templates/list` and `resources/read` (server/resources). */
export class Resources implements Feature, CompletionSource, ScopedItems {
  readonly #registry: Registry<Item, ResourceChanges>
  readonly #pages: ListPages<Item, Resource>
  readonly #templatePages: ListPages<Item, ResourceTemplate>
  /** The templates, the more specific first; made when next needed. */
  #ranked: readonly UriTemplate[] | undefined

  readonly methods: ReadonlyMap<string, MethodHandler> = new Map<string, MethodHandler>([
    ['resources/list', (call, ctx) => this.#pages.answer(call, ctx)],
    ['resources/templates/list', (call, ctx) => this.#templatePages.answer(call, ctx)],
    ['resources/read', (call, ctx): Promise<HandlerResult> => this.read(call, ctx)],
  ])

  constructor(host: FeatureHost & RegistryOptions) {
    this.#registry = new Registry({
      kind: 'resource',
      duplicates: host,
      changed: () => {
        this.#ranked = undefined
        host.publish({ list: 'resources' })
      },
      remake: ({ uri, options, handler }, changes) => itemOf(uri, { ...options, ...changes }, handler),
    })
    this.#pages = new ListPages(this.#registry, host, { list: 'resources', key: 'resources' }, resourcesOf)
    const templates = { list: 'resources/templates', key: 'resourceTemplates' }
    this.#templatePages = new ListPages(this.#registry, host, templates, (item) => item.templates)
  }

  capabilities(): Partial<ServerCapabilities> {
    return this.#registry.issued === 0 ? {} : { resources: { subscribe: true, listChanged: true } }
  }

  /** What registers resources here. */
  registrar<Lifespan>(): ResourceRegistrar<Lifespan> {
    return (uri: string, first: AnyOptions | AnyHandler, second?: AnyHandler) => {
      const [options, handler] = typeof first === 'function' ? [{}, first] : [first, second]
      if (typeof handler !== 'function') throw new TypeError(`The resource ${uri} has no handler`)
      const item = itemOf(uri, options, handler)
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

  get scopes(): readonly string[] {
    return this.#registry.scopes
  }

  scopesFor(uri: string, principal: Principal | undefined): readonly string[] {
    return this.#at(uri, principal)?.scopes ?? []
  }

  get completes(): boolean {
    return this.#registry.all().some(({ options }) => Object.keys(options.complete ?? {}).length > 0)
  }

  completable(uri: string, principal: Principal | undefined): Completable | undefined {
    return this.#at(uri, principal)?.completable
  }

  /** What is registered under a URI or as that template, or else what it leads to. */
  #at(uri: string, principal: Principal | undefined): Item | undefined {
    return this.#registry.get(uri, principal) ?? this.#find(uri, principal)?.item
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
    const restricted = item.visible !== undefined || item.scopes.length > 0
    if (!isPartialResult(value))
      return hintsFor({ ...hints, contents: await contentsOf(value, uri, mimeType) }, restricted)
    checkHints(value)
    return hintsFor(
      { ...hints, ...value, contents: value.contents.map((part) => filledIn(part, uri, mimeType)) },
      restricted,
    )
  }

  /** Whether there is something at a URI that this principal may not see. */
  hides(uri: string, principal: Principal | undefined): boolean {
    if (this.#find(uri, principal) !== undefined) return false
    return this.#registry.all().some((item) => item.uri === uri || item.template?.match(uri) !== undefined)
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
    this.#ranked ??= this.#registry
      .all()
      .flatMap(({ template }) => template ?? [])
      .toSorted(compareSpecificity)
    return this.#ranked
  }
}
