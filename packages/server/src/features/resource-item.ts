import { UriTemplate } from '@parley/core'
import type { Annotations, Awaitable, CacheHints, Resource, ResourceTemplate, TemplateVariables } from '@parley/core'
import type { Context } from '../context.ts'
import { checkHints } from '../pages.ts'
import { described, listedItem, requiredScopes } from '../registry.ts'
import type { Described, Restricted, Visibility } from '../registry.ts'
import { completableOf } from './completer.ts'
import type { Completable, Completer, Completers } from './completer.ts'

/** A resource in the list of a template; its name is the URI unless one is given. */
export type ListedResource = Omit<Resource, 'name'> & { name?: string }

/** What a resource says of itself, and how long what was read stays fresh. */
export type ResourceSettings = Described &
  Restricted &
  CacheHints & {
    /** @default the URI or template */
    name?: string | undefined
    /** @default `text/plain` for strings, what bytes begin with, `application/json` for the rest */
    mimeType?: string | undefined
    /** Bytes, where they are known beforehand. */
    size?: number | undefined
    annotations?: Annotations | undefined
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

/** Options, whatever the URI. */
export type AnyOptions = Omit<ResourceOptions, 'complete'> & { complete?: Completers }
/** What every handler can be taken for. */
export type AnyHandler = (variables: never, ctx: never) => unknown

/** A registered resource or template. */
export type Item = {
  readonly uri: string
  readonly options: AnyOptions
  readonly visible: Visibility | undefined
  readonly scopes: readonly string[]
  /** What a template lists may depend on who asks. */
  readonly varies: boolean
  readonly handler: AnyHandler
  /** Absent where the URI is fixed. */
  readonly template: UriTemplate | undefined
  readonly resources: readonly Resource[]
  readonly templates: readonly ResourceTemplate[]
  readonly completable: Completable
}

/** The resources that an item adds to the list. */
export const resourcesOf = ({ options, resources }: Item, ctx: Context): Awaitable<readonly Resource[]> => {
  if (options.list === undefined) return resources
  const named = (own: readonly ListedResource[]): Resource[] =>
    own.map((each) => ({ ...each, name: each.name ?? each.uri }))
  const own = options.list(ctx)
  return own instanceof Promise ? own.then(named) : named(own)
}

/**
 * What is registered for a URI or template.
 * @throws TypeError for a URI without a scheme, a broken template, options that name no variable, and a wrong `ttlMs`
 */
export const itemOf = (uri: string, options: AnyOptions, handler: AnyHandler): Item => {
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
  checkHints(options)
  const { name = uri, mimeType, size, annotations, visible } = options
  const shown = {
    name,
    ...described(options),
    ...(mimeType !== undefined && { mimeType }),
    ...(annotations !== undefined && { annotations }),
  }
  const completable = completableOf(what, variables, options.complete)
  const varies = options.list !== undefined
  const scopes = requiredScopes(what, options.scopes)
  const own = { uri, options, visible, scopes, varies, handler, template, completable }
  if (template !== undefined) {
    const listed = listedItem<ResourceTemplate>(what, { uriTemplate: uri, ...shown })
    return { ...own, resources: [], templates: [listed] }
  }
  const listed = listedItem<Resource>(what, { uri, ...shown, ...(size !== undefined && { size }) })
  return { ...own, resources: [listed], templates: [] }
}
