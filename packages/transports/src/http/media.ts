import { invalidRequest } from '@parley/core'
import type { Refusal } from './refusal.ts'
import type { Head } from './wire.ts'

const grammar = /^([\w!#$%&'*+.^`|~-]+)=(?:([\w!#$%&'*+.^`|~-]+)|"([^"\\]*)")$/

// A parameter with a semicolon in quotes comes apart here and is refused: no honest client sends one.
const isHarmless = (text: string): boolean => {
  if (text === '') return true
  const [, name, token, quoted] = grammar.exec(text) ?? []
  if (name === undefined) return false
  return name.toLowerCase() !== 'charset' || (token ?? quoted)?.toLowerCase() === 'utf-8'
}

/** Remembers the last verdict: one client after the other sends the very same header. */
const remembered = (judge: (text: string) => boolean): ((text: string) => boolean) => {
  let last: string | undefined
  let verdict = false
  return (text) => {
    if (text !== last) {
      verdict = judge(text)
      last = text
    }
    return verdict
  }
}

/** Whether a Content-Type is JSON in UTF-8, and nothing that only looks like it. */
export const isJson: (contentType: string) => boolean = /* @__PURE__ */ remembered((contentType) => {
  const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim())
  return type.toLowerCase() === 'application/json' && parameters.every(isHarmless)
})

const isZero = (parameter: string): boolean => /^\s*q=0(?:\.0*)?\s*$/i.test(parameter)

const takes = (accept: string, type: string): boolean => {
  const [main = ''] = type.split('/')
  const wanted = [type, `${main}/*`, '*/*']
  return accept.split(',').some((range) => {
    const [name = '', ...rest] = range.split(';')
    return wanted.includes(name.trim().toLowerCase()) && !rest.some(isZero)
  })
}

const takesStreams = /* @__PURE__ */ remembered((accept) => takes(accept, 'text/event-stream'))

const takesBoth = /* @__PURE__ */ remembered((accept) => takes(accept, 'application/json') && takesStreams(accept))

/** Whether an Accept header takes event streams. Without a header everything is taken. */
export const acceptsStreams = (accept: string | undefined): boolean => accept === undefined || takesStreams(accept)

/** Whether an Accept header takes both forms of an answer: JSON and event streams. */
export const acceptsBoth = (accept: string | undefined): boolean => accept === undefined || takesBoth(accept)

/** Why a POST's body is not read, by its media type (H5); nothing where it is. */
export const bodyRefusal = (head: Head): Refusal | undefined => {
  const encoding = head.header('content-encoding')
  if (encoding !== undefined && encoding.trim().toLowerCase() !== 'identity') {
    return {
      status: 415,
      headers: { 'accept-encoding': 'identity' },
      error: invalidRequest('Compressed bodies are not taken'),
    }
  }
  if (isJson(head.header('content-type') ?? '')) return undefined
  return { status: 415, error: invalidRequest('Content-Type must be application/json, in UTF-8') }
}

/** The same, and whether its sender takes both forms of an answer (H4). */
export const mediaRefusal = (head: Head): Refusal | undefined => {
  const refusal = bodyRefusal(head)
  if (refusal !== undefined) return refusal
  if (acceptsBoth(head.header('accept'))) return undefined
  return { status: 406, error: invalidRequest('Accept must list both application/json and text/event-stream') }
}
