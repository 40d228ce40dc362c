import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'

// Whatever is in a database is shown as text, and this holds should a mistake be made there: no script but our own, no
// markup from strings, nothing fetched from anywhere.
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

const standing: Readonly<Record<string, string>> = {
  'content-security-policy': policy,
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

// From `src` and from `dist` alike. The script is built; the other two are shipped as they are.
const files: ReadonlyMap<string, readonly [path: string, type: string]> = new Map([
  ['/', ['../../src/look/page/index.html', 'text/html; charset=utf-8']],
  ['/page.css', ['../../src/look/page/page.css', 'text/css; charset=utf-8']],
  ['/page.js', ['../../dist/look/page.js', 'text/javascript; charset=utf-8']],
])

const tell = (response: ServerResponse, status: number, text: string): void => {
  response.writeHead(status, { ...standing, 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`)
}

/** Why a request for a file must not be answered; undefined when it may be. */
const fault = ({ headers, method }: IncomingMessage, hosts: readonly string[]): [number, string] | undefined => {
  const { host = '', origin } = headers
  if (!hosts.includes(host)) return [403, 'The page is not reached by this name.']
  if (origin !== undefined && origin !== `http://${host}`) return [403, 'This origin is not let in.']
  const site = headers['sec-fetch-site']
  // Whoever opens the page in a tab of its own cannot look into it, and it holds no secret.
  const isOpened = headers['sec-fetch-dest'] === 'document'
  if (site !== undefined && site !== 'same-origin' && !isOpened) return [403, 'Other sites are not let in.']
  return method === 'GET' ? undefined : [405, 'The page is read with GET.']
}

/** Answers requests for the three files that the page consists of, under these names of this machine. Never rejects. */
export const answerPage = async (
  request: IncomingMessage,
  response: ServerResponse,
  hosts: readonly string[],
): Promise<void> => {
  const refused = fault(request, hosts)
  if (refused !== undefined) return tell(response, ...refused)
  const file = files.get((request.url ?? '/').split('?', 1)[0] ?? '/')
  if (file === undefined) return tell(response, 404, 'There is nothing here.')
  const [path, type] = file
  try {
    const content = await readFile(new URL(path, import.meta.url))
    response.writeHead(200, { ...standing, 'content-type': type }).end(content)
  } catch {
    tell(response, 500, `The page is not built: ${path} is missing. Build the package.`)
  }
}
