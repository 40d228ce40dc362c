import type { AuthCheck } from '@parley/auth/client'
import type { Answer, Hostile, Lie, Lies, Step } from './hostile.ts'

/** A lie, and what a client that is not taken in by it says. */
export type Row = {
  readonly lie: string
  /** @param elsewhere the origin of somebody who should hear of nothing */
  readonly lies: (hostile: Hostile, elsewhere: string) => Lies
  readonly check: AuthCheck
  /** The two values that were compared, both of which the error tells. */
  readonly compared?: (hostile: Hostile, elsewhere: string) => readonly [expected: string, actual: string]
  /** The step at which the client stops; nothing after it is asked for. */
  readonly until: Step
  /** What the person at the browser does; it comes back with what the server sent, unless told otherwise. */
  readonly returns?: (back: URL, hostile: Hostile) => URL
}

const order: readonly Step[] = ['challenge', 'resource', 'rootResource', 'metadata', 'register', 'authorize', 'token']

/** The steps that come after one. */
export const after = (step: Step): readonly Step[] => order.slice(order.indexOf(step) + 1)

/** The honest answer with other fields in it. */
export const having =
  (fields: Readonly<Record<string, unknown>>): Lie =>
  (honest) => ({ ...honest, body: { ...(honest.body as object), ...fields } })

/** The honest answer less some fields. */
export const without =
  (...names: readonly string[]): Lie =>
  (honest) => ({
    ...honest,
    body: Object.fromEntries(Object.entries(honest.body ?? {}).filter(([name]) => !names.includes(name))),
  })

/** Another answer altogether. */
export const says =
  (body: Answer['body'] & {}, status = 200, headers: Answer['headers'] = {}): Lie =>
  () => ({ status, headers: { 'content-type': 'application/json', ...headers }, body })

/** Sends whoever asks to another address, with whatever method and body it had. */
export const sends =
  (location: string): Lie =>
  () => ({ status: 307, headers: { location } })

/** Begins, and never stops. */
export const endless = async function* (): AsyncGenerator<string> {
  yield '{"padding":"'
  for (;;) yield 'x'.repeat(65_536)
}

/** Begins, and says nothing more until the client has gone. */
export const silent = async function* (): AsyncGenerator<string> {
  yield '{'
  await new Promise(() => undefined)
}

/** Changes the answer that the browser brings back. */
export const returns =
  (change: (query: URLSearchParams, hostile: Hostile) => void) =>
  (back: URL, hostile: Hostile): URL => {
    const changed = new URL(back)
    change(changed.searchParams, hostile)
    return changed
  }

/** No lie at all. */
export const truth = (): Lies => ({})
