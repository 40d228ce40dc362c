import { isObject, parseJson } from '@parley/core'
import type { JsonObject } from '@parley/core'
import { AuthError } from './errors.ts'
import type { SafeFetch } from './metadata-fetch.ts'

/** How documents and endpoints are reached, on behalf of one server. */
export type Reach = {
  readonly fetch: SafeFetch
  /** Whether the server that the user named is on loopback, so that what it names may be as well. */
  readonly loopback: boolean
}

/** What was found at the address of a document: its content, if there is any to be had, and the status. */
export type Found = {
  readonly status: number
  readonly json: JsonObject | undefined
}

/** The JSON object that an answer holds, or nothing. */
export const readJson = async (response: Response): Promise<JsonObject | undefined> => {
  try {
    const json = parseJson(await response.text())
    return isObject(json) ? json : undefined
  } catch {
    return undefined
  }
}

/** Asks for a JSON document. What is no JSON object counts as not there: many a site answers any path with a page. */
export const fetchDocument = async ({ fetch, loopback }: Reach, url: URL, signal?: AbortSignal): Promise<Found> => {
  const response = await fetch(url, { headers: { accept: 'application/json' }, signal, loopback })
  return { status: response.status, json: response.status === 200 ? await readJson(response) : undefined }
}

/** Whether a document is certainly not there, rather than out of reach for now. */
export const isMissing = ({ status }: Found): boolean => status < 500 && status !== 408 && status !== 429

/** What a document says under a name, if it is text. */
export const textIn = (json: JsonObject, name: string): string | undefined => {
  const value = json[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The texts that a document lists under a name; undefined when there is no list. */
export const textsIn = (json: JsonObject, name: string): readonly string[] | undefined => {
  const value = json[name]
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : undefined
}

/** A path without the slash at its end. */
export const withoutSlash = (path: string): string => (path.endsWith('/') ? path.slice(0, -1) : path)

/** A well-known location, put between a URL's host and its path (RFC 8615, RFC 8414 section 3.1). */
export const wellKnown = ({ pathname, origin }: URL, name: string): URL =>
  new URL(`/.well-known/${name}${withoutSlash(pathname)}`, origin)

/** That a document could not be had, by its status. */
export const unreachable = (url: URL, { status }: Found): AuthError =>
  new AuthError('document', `There is no document to be had at ${url.href}`, {
    expected: 'HTTP 200 with a JSON object',
    actual: `HTTP ${status}`,
  })
