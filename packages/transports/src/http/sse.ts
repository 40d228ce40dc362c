/** One server-sent event, as it is written. */
export type Frame = {
  /** What the event carries; it may hold line breaks. */
  data?: string | undefined
  /** Whether it is known to hold none, so that nobody has to look. */
  unbroken?: boolean | undefined
  /** Its place in a stream that can be resumed; no line breaks. */
  id?: string | undefined
  /** Its type; without it, `message`. No line breaks. */
  event?: string | undefined
  /** Milliseconds after which a client may come back. */
  retry?: number | undefined
}

// A line break inside JSON is only whitespace, and stays that when the client puts the lines together again.
const dataLines = (data: string, unbroken: boolean): string =>
  !unbroken && /[\r\n]/.test(data) ? `data: ${data.split(/\r\n|\r|\n/).join('\ndata: ')}\n` : `data: ${data}\n`

/** Writes one server-sent event as the text of a stream. */
export const frame = ({ data, unbroken = false, id, event, retry }: Frame): string => {
  const head = `${event === undefined ? '' : `event: ${event}\n`}${id === undefined ? '' : `id: ${id}\n`}`
  return `${head}${retry === undefined ? '' : `retry: ${retry}\n`}${data === undefined ? '' : dataLines(data, unbroken)}\n`
}

/** Text that keeps a stream alive and means nothing. */
export const comment = (): string => ':\n\n'

/** The head of every event stream: neither caches nor proxies may hold it back, and none may compress it (H12). */
export const streamHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
}
