import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A running nginx. */
export interface Proxy extends AsyncDisposable {
  /** The MCP endpoint behind it. */
  readonly url: string
  /** Reads its configuration anew: another process takes over, and cuts what the former had open. */
  reload(): void
}

/** How nginx is set up beside what the documentation says. */
export type ProxyOptions = {
  /** The ports of the processes behind it. */
  readonly members: readonly string[]
  /** Changes the block of the documentation. @default not at all */
  readonly edit?: (block: string) => string
}

const page = new URL('../../docs/remote.md', import.meta.url)

/** The configuration that the documentation recommends. */
export const documented = (): string => {
  const [, block] = /^```nginx\n(.*?)^```$/ms.exec(readFileSync(page, 'utf8')) ?? []
  if (block === undefined) throw new Error('docs/remote.md holds no configuration for nginx')
  return block
}

/** Replaces what stands in the block exactly once, so that a test cannot go on with a page that has changed. */
export const replaced = (block: string, from: string, to: string): string => {
  if (block.split(from).length !== 2) throw new Error(`The configuration does not hold ${JSON.stringify(from)} once`)
  return block.replace(from, to)
}

/** What the package of Debian sets, and compression of all there is to compress; everything else as nginx comes. */
const around = (folder: string, site: string): string => `
daemon off;
user ${process.getuid?.() === 0 ? 'root' : 'nobody'};
worker_processes 1;
worker_shutdown_timeout 100ms;
pid ${folder}/pid;
error_log ${folder}/error.log;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  gzip on;
  gzip_proxied any;
  gzip_types application/json text/event-stream;
${site}
}
`

const freePort = async (): Promise<number> => {
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  // It listens on a port, so that it is no name of a pipe.
  const { port } = listener.address() as AddressInfo
  listener.close()
  await once(listener, 'close')
  return port
}

const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })

/** Waits until it listens; nginx says so to nobody. */
const listening = async (nginx: ChildProcess, port: number, folder: string): Promise<void> => {
  while (!(await isOpen(port))) {
    if (nginx.exitCode !== null) throw new Error(await readFile(join(folder, 'error.log'), 'utf8'))
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

const siteOf = (port: number, { members, edit = (block) => block }: ProxyOptions): string => {
  const servers = members.map((member) => `server 127.0.0.1:${member};`).join('\n  ')
  const block = replaced(documented(), 'server 127.0.0.1:3000;', servers)
  return edit(replaced(block, 'listen 80;', `listen 127.0.0.1:${port};`))
}

/** Runs nginx with the configuration of the documentation, on a free port, until it is disposed of. */
export const startProxy = async (command: string, options: ProxyOptions): Promise<Proxy> => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-nginx-'))
  const port = await freePort()
  const file = join(folder, 'nginx.conf')
  await writeFile(file, around(folder, siteOf(port, options)))
  const nginx = spawn(command, ['-c', file, '-p', folder, '-e', join(folder, 'error.log')], { stdio: 'ignore' })
  const ended = once(nginx, 'exit')
  const close = async (): Promise<void> => {
    if (nginx.kill('SIGTERM')) await ended
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await listening(nginx, port, folder)
  } catch (error) {
    await close()
    throw error
  }
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    reload: () => void nginx.kill('SIGHUP'),
    [Symbol.asyncDispose]: close,
  }
}
