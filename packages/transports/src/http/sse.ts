/** One server-sent event, as it is written. */
export type Frame = {
  /** What the event carries; it may hold line breaks. */
  data?: string | undefined
  /** Its place in a stream that can be resumed; no line breaks. */
  id?: string | undefined
  /** Its type; without it, `message`. No line breaks. */
  event?: string | undefined
  /** Milliseconds after which a client may come back. */
  retry?: number | undefined
}

// A line break inside JSON is only whitespace, and stays that when the client puts the lines together again.
const dataLines = (data: string): string =>
  /[\r\n]/.test(data) ? `data: ${data.split(/\r\n|\r|\n/).join('\ndata: ')}\n` : `data: ${data}\n`

/** Writes one server-sent event as the text of a stream. */
export const frame = ({ data, id, event, retry }: Frame): string => {
  const head = `${event === undefined ? '' : `event: ${event}\n`}${id === undefined ? '' : `id: ${id}\n`}`
  return `${head}${retry === undefined ? '' : `retry: ${retry}\n`}${data === undefined ? '' : dataLines(data)}\n`
}

// A step for every part of it would be a string for each, and there may be a hundred thousand of them in one call.
/** The same for a message whose text holds no line breaks, which nobody looks for. */
export const messageFrame = (text: string, id?: string): string =>
  id === undefined ? `event: message\ndata: ${text}\n\n` : `event: message\nid: ${id}\ndata: ${text}\n\n`

/** Text that keeps a stream alive and means nothing. */
export const comment = (): string => ':\n\n'

/** The head of every event stream: neither caches nor proxies may hold it back, and none may compress it (H12). */
export const streamHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
}
