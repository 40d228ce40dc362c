import { expect } from 'vitest'
import type { Serve } from './serving.ts'
import type { Bring, Outcome, Visitor } from './visitors/visitor.ts'

/** What to expect of a server that remembers nothing between two legacy requests. */
export type Sessionless = {
  /** Its own words when a client cannot be asked. */
  refusal: RegExp
  /** The least severe of two lines that a client hears, whatever level it had set; none where no lines are offered. */
  heard: 'debug' | 'warning' | 'none'
  /** Its own words for a request that it would have to remember something of. @default it answers as if it did */
  unremembered?: RegExp
  /** Whether a tool runs on that was cancelled: whoever left may come back, and is not known again. @default false */
  runsOn?: boolean
}

/** What is expected of one meeting. */
export type Meeting = {
  bring: Bring
  /** How the server is started. */
  serve: Serve
  version: string
  era: 'legacy' | 'modern'
  /** What the server has to advertise. */
  capabilities: object
  /** The error code of a resource that is not there. */
  missing: number
  /** Whether the server keeps from each revision what that one did not know yet. @default false */
  strict?: boolean
  /** How an unknown tool is refused: with an error, or with a result that tells of it. @default 'error' */
  unknownTool?: 'error' | 'result'
  /** How a server makes do that keeps no sessions, in an era that needs them. @default it keeps them */
  sessionless?: Sessionless
}

/** Whether a feature is to be had; it came with a revision. */
export const has = ({ strict = false, version }: Meeting, since: string): boolean => !strict || version >= since

/** Marks a cell whose feature the revision does not know yet. */
export const tooEarly = (since: string): { absent: string } => ({ absent: `not before ${since}` })

/** Marks a cell whose feature needs what a session remembers. */
export const alone = (words: string): { alone: string } => ({ alone: words })

/** What a tool said that succeeded with nothing but one text. */
export const said = ({ content, isError }: Outcome): string => {
  expect({ content, isError }).toEqual({ content: [{ type: 'text', text: expect.any(String) }], isError: false })
  const [block] = content as [{ text: string }]
  return block.text
}

/** The error that something rejects with, as far as it crossed the wire. */
export const errorOf = async (work: Promise<unknown>): Promise<{ code: unknown; message: string }> => {
  try {
    await work
  } catch (error) {
    const { code, message } = error as { code?: unknown; message: string }
    return { code, message: message.replace(/^MCP error -?\d+: /, '') }
  }
  throw new Error('Nothing was thrown')
}

/** Gives the visitor of the column. */
export type Meet = () => Visitor
