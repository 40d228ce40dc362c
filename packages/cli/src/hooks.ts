import type {
  InitializeHook,
  LoadFnOutput,
  LoadHook,
  LoadHookContext,
  ResolveFnOutput,
  ResolveHook,
  ResolveHookContext,
} from 'node:module'
import { attemptsFor, isAbsent, isTyped, typedFormat, typedSource } from './load/rules.ts'
import type { Loading } from './load/rules.ts'

/** The hooks of Nodes that call them in the thread that imports (22.15 and later). */
export type DirectHooks = {
  resolve(
    specifier: string,
    context: ResolveHookContext,
    next: (specifier: string, context?: Partial<ResolveHookContext>) => ResolveFnOutput,
  ): ResolveFnOutput
  load(
    url: string,
    context: LoadHookContext,
    next: (url: string, context?: Partial<LoadHookContext>) => LoadFnOutput,
  ): LoadFnOutput
}

let loading: Loading = { strips: false, editable: [], own: import.meta.url }

/** Takes over what the main thread knows. Node calls it in the thread where hooks run. */
export const initialize: InitializeHook<Loading> = (given) => {
  loading = given
}

/** Finds a module for Node's loader, in the thread where hooks run. */
export const resolve: ResolveHook = async (specifier, context, next) => {
  let first: unknown
  for (const { specifier: name, parent } of attemptsFor(specifier, context.parentURL, loading)) {
    try {
      return await next(name, { ...context, parentURL: parent })
    } catch (error) {
      if (!isAbsent(error)) throw error
      first ??= error
    }
  }
  throw first
}

/** Loads a module for Node's loader, in the thread where hooks run. */
export const load: LoadHook = async (url, context, next) => {
  if (!isTyped(url)) return next(url, context)
  if (loading.strips) return typedSource(url)
  return next(url, { ...context, format: typedFormat(url, context.format) })
}

/** The same hooks for the loader of newer Nodes, which calls them in the thread that imports. */
export const directHooks = (given: Loading): DirectHooks => ({
  resolve(specifier, context, next) {
    let first: unknown
    for (const { specifier: name, parent } of attemptsFor(specifier, context.parentURL, given)) {
      try {
        return next(name, { ...context, parentURL: parent })
      } catch (error) {
        if (!isAbsent(error)) throw error
        first ??= error
      }
    }
    throw first
  },
  load(url, context, next) {
    if (!isTyped(url)) return next(url, context)
    if (given.strips) return typedSource(url)
    return next(url, { ...context, format: typedFormat(url, context.format) })
  },
})
