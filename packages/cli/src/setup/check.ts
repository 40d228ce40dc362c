import { connect } from '@parley/client'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Entry } from '../entries.ts'
import { exitCodes, Failure, stderrOf } from '../failure.ts'
import { ownVersion } from '../self.ts'
import { entryDial } from '../talk/dial.ts'

/** What a server said when it was started as a host would. */
export type Checked = { readonly name: string | undefined; readonly tools: number; readonly version: string }

// Without it, Windows itself starts no process.
const unavoidable = (): string[] => (process.platform === 'win32' ? ['SYSTEMROOT'] : [])

const describe = (error: unknown): Failure => {
  if (!(error instanceof Error)) return new Failure(String(error), exitCodes.connection)
  const stderr = stderrOf(error)?.trim() ?? ''
  const [line = ''] = error.message.split(/; the last|\n/)
  return new Failure(line, exitCodes.connection, stderr === '' ? undefined : stderr)
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
    const dial = await entryDial(entry, {}, { inheritEnv: unavoidable(), cwd, stderr: 'ignore' })
    await using client = await connect(dial, options)
    const tools = client.capabilities.tools === undefined ? [] : await client.listTools()
    return { name: client.info?.name, tools: tools.length, version: client.version }
  } catch (error) {
    throw describe(error)
  } finally {
    rmSync(cwd, { recursive: true, force: true })
  }
}
