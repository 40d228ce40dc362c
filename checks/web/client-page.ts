import { connect } from '@parley/client'
import type { CallOptions, Client } from '@parley/client'
import type { JsonObject } from '@parley/core'
import { http } from '@parley/transports/http/client'
import { webSocket } from '@parley/transports/websocket'

/** Where a page connects to, and what it says there. */
export type Visit = {
  readonly url: string
  readonly version: string
  /** Distinguishes what this visit waits for from what others do. */
  readonly name: string
  readonly headers?: Record<string, string>
}

/** What a visit came to. */
export type Told = {
  version: string
  who: string
  steps: number[]
  counted: string
  asked: string
  changed: unknown
  cancelled: string
}

/** How a visit failed. */
export type Failure = {
  name: string
  message: string
  status?: number
  challenge?: string | null
  later?: string | null
}

const targetOf = ({ url, headers = {} }: Visit): Parameters<typeof connect>[0] =>
  url.startsWith('ws:') ? webSocket(url) : http(url, { headers })

const open = (visit: Visit): Promise<Client> =>
  connect(targetOf(visit), {
    name: 'page',
    version: '1.0.0',
    versions: [visit.version],
    onElicit: () => ({ action: 'accept', content: { name: 'Ada' } }),
  })

const say = async (client: Client, tool: string, args?: JsonObject, options?: CallOptions): Promise<string> => {
  const { content } = await client.callTool(tool, args, options)
  return content.map((block) => (block.type === 'text' ? block.text : block.type)).join()
}

/** Calls a tool that goes on only when its first progress has arrived. */
const count = async (client: Client, name: string): Promise<Pick<Told, 'steps' | 'counted'>> => {
  const steps: number[] = []
  const onProgress = ({ progress }: { progress: number }): void => {
    steps.push(progress)
    if (steps.length === 1) void client.callTool('release', { name })
  }
  return { counted: await say(client, 'count', { name }, { onProgress }), steps }
}

const listen = async (client: Client): Promise<unknown> => {
  const changes = await client.listen({ resourceSubscriptions: ['note://one'] })
  await client.callTool('touch')
  for await (const change of changes) return change
  return undefined
}

const cancel = async (client: Client, name: string): Promise<string> => {
  const abort = new AbortController()
  const onProgress = (): void => abort.abort(new Error('enough'))
  const call = client.callTool('hang', { name }, { signal: abort.signal, onProgress })
  return call.then(
    () => 'it went on',
    (error: unknown) => String(error),
  )
}

/** Does with a server all that a page may want of one. */
export const visit = async (given: Visit): Promise<Told> => {
  const client = await open(given)
  try {
    const who = await say(client, 'whoami')
    const counted = await count(client, given.name)
    const asked = await say(client, 'ask')
    const changed = await listen(client)
    const cancelled = await cancel(client, `${given.name}, cancelled`)
    return { version: given.version, who, ...counted, asked, changed, cancelled }
  } finally {
    await client.close()
  }
}

/** Tries to connect, and tells what a page can read of the refusal. */
export const fail = async (given: Visit): Promise<Failure | undefined> => {
  try {
    const client = await open(given)
    await client.close()
    return undefined
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const { name, message } = error
    if (!('status' in error) || !('headers' in error && error.headers instanceof Headers)) return { name, message }
    const { headers } = error
    const read = { challenge: headers.get('www-authenticate'), later: headers.get('retry-after') }
    return { name, message, status: Number(error.status), ...read }
  }
}

// What drives the page calls it by these names.
Object.assign(globalThis, { visit, fail })
