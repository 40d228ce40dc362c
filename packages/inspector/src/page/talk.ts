import type { JsonObject } from '@parley/core'
import type { Job, JobOutcome, JobProgress, PageEvent } from './api.ts'

/** A job under way. */
export type Run = {
  readonly outcome: Promise<JobOutcome>
  readonly cancel: () => void
}

/** The page's end of the inspector: commands go out, events come in. */
export interface Talk {
  /** Has something done; settles with undefined, or with the sentence that says why not. */
  send(command: string, body?: JsonObject): Promise<string | undefined>
  /** Has something done on the connection; the outcome never rejects. */
  run(job: Job, onProgress?: (progress: JobProgress) => void): Run
}

type Waiting = { readonly settle: (outcome: JobOutcome) => void; readonly progress: (progress: JobProgress) => void }

const lost = (message: string): JobOutcome => ({ ok: false, message, isCancelled: false, milliseconds: 0 })

const post = (command: string, body: JsonObject): Promise<Response> =>
  fetch(`/api/${command}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

const send = async (command: string, body: JsonObject = {}): Promise<string | undefined> => {
  try {
    const response = await post(command, body)
    if (response.ok) return undefined
    if (response.status !== 422) return (await response.text()).trim()
    const { error }: { error?: unknown } = await response.json()
    return String(error)
  } catch {
    return 'The inspector does not answer; is it still running?'
  }
}

/** Exchanges the token that the URL carries, and takes it out of the address bar; settles with why that failed. */
const enter = async (): Promise<string | undefined> => {
  const token = new URLSearchParams(location.hash.slice(1)).get('token')
  if (token === null) return undefined
  const fault = await send('session', { token })
  if (fault === undefined) history.replaceState(null, '', '/')
  return fault
}

const follow = (hear: (event: PageEvent) => void, standing: (isOpen: boolean) => void): void => {
  const events = new EventSource('/api/events')
  events.addEventListener('open', () => standing(true))
  events.addEventListener('error', () => {
    standing(false)
    // A refusal ends it for good, and a restarted inspector on the same port refuses.
    if (events.readyState === EventSource.CLOSED) setTimeout(() => follow(hear, standing), 3000)
  })
  events.addEventListener('message', ({ data }: MessageEvent<string>) => {
    const event: PageEvent = JSON.parse(data)
    hear(event)
  })
}

/** Opens the conversation with the process that serves the page. Settles when the token has been exchanged. */
export const openTalk = async (
  hear: (event: PageEvent) => void,
  standing: (isOpen: boolean, why?: string) => void,
): Promise<Talk> => {
  const waiting = new Map<string, Waiting>()
  const settle = (id: string, outcome: JobOutcome): void => {
    waiting.get(id)?.settle(outcome)
    waiting.delete(id)
  }
  const listen = (event: PageEvent): void => {
    if (event.type === 'done') settle(event.id, event.outcome)
    else if (event.type === 'progress') waiting.get(event.id)?.progress(event.progress)
    else if (event.type === 'hello') {
      const missed = [...waiting.keys()].filter((id) => !event.jobs.includes(id))
      for (const id of missed) settle(id, lost('The page was away when the answer came; run it again.'))
    }
    hear(event)
  }
  const why = await enter()
  if (why !== undefined) standing(false, why)
  follow(listen, standing)
  const run: Talk['run'] = (job, onProgress = () => undefined) => {
    const id = crypto.randomUUID()
    const outcome = new Promise<JobOutcome>((resolve) => {
      waiting.set(id, { settle: resolve, progress: onProgress })
      void send('run', { id, job }).then((fault) => fault !== undefined && settle(id, lost(fault)))
    })
    return { outcome, cancel: () => void send('cancel', { id }) }
  }
  return { send, run }
}
