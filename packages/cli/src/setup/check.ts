import { connect } from '@parley/client'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stdio } from '@parley/transports/stdio/client'
import type { Entry } from '../entries.ts'
import { exitCodes, Failure } from '../failure.ts'
import { ownVersion } from '../self.ts'

/** What a server said when it was started as a host would. */
export type Checked = { readonly name: string | undefined; readonly tools: number; readonly version: string }

// Without it, Windows itself starts no process.
const unavoidable = (): string[] => (process.platform === 'win32' ? ['SYSTEMROOT'] : [])

const describe = (error: unknown): Failure => {
  if (!(error instanceof Error)) return new Failure(String(error), exitCodes.connection)
  const stderr = 'stderr' in error && typeof error.stderr === 'string' ? error.stderr.trim() : ''
  const [line = ''] = error.message.split(/; the last|\n/)
  return new Failure(line, exitCodes.connection, stderr === '' ? undefined : stderr)
}

const dialOf = async (entry: Entry, cwd: string): Promise<Parameters<typeof connect>[0]> => {
  if (entry.kind === 'stdio') {
    const { command, args, env } = entry
    return stdio(command, args, { env, inheritEnv: unavoidable(), cwd: entry.cwd ?? cwd, stderr: 'ignore' })
  }
  const { dialUrl } = await import('../talk/dial.ts')
  return dialUrl(new URL(entry.url), entry.headers)
}

/**
 * Starts the command of an entry with nothing in its environment but what the entry says, in a folder that is not its own,
 * and lists its tools.
 * @throws Failure that says why that does not work, with the end of what the server wrote to stderr
 */
export const checkEntry = async (entry: Entry): Promise<Checked> => {
  const cwd = mkdtempSync(join(tmpdir(), 'parley-check-'))
  try {
    const options = { name: 'parley', version: ownVersion(), timeout: 30_000, onError: () => undefined }
    await using client = await connect(await dialOf(entry, cwd), options)
    const tools = client.capabilities.tools === undefined ? [] : await client.listTools()
    return { name: client.info?.name, tools: tools.length, version: client.version }
  } catch (error) {
    throw describe(error)
  } finally {
    rmSync(cwd, { recursive: true, force: true })
  }
}
