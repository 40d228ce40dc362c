import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundle } from './bundle.ts'

/** Processes that serve the same, each on a port of its own. */
export interface Fleet extends AsyncDisposable {
  readonly ports: readonly string[]
}

/** How the members of a fleet serve. */
export type FleetOptions = {
  /** The secret of each, and with it how many there are. */
  readonly secrets: readonly (string | undefined)[]
  /** Whether they keep sessions. @default true */
  readonly sessions?: boolean
}

type Member = { readonly port: string; end(): Promise<void> }

const startMember = async (file: string, env: NodeJS.ProcessEnv): Promise<Member> => {
  const member = spawn(process.execPath, [file], { env, stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(member, 'exit')
  const [told]: unknown[] = await Promise.race([once(member.stdout, 'data'), ended])
  return {
    port: String(told).trim(),
    end: async () => {
      member.stdin.end()
      await ended
    },
  }
}

/** Starts a fleet; settles when all of it listens. */
export const startFleet = async ({ secrets, sessions = true }: FleetOptions): Promise<Fleet> => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-fleet-'))
  const files = await bundle('member.ts', 'node')
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  for (const [name, code] of files) await writeFile(join(folder, name), code)
  const [entry = ''] = files.keys()
  const members = await Promise.all(
    secrets.map((secret, index) => {
      const env = { MEMBER: `member ${index + 1}`, SESSIONS: String(sessions), ...(secret && { SECRET: secret }) }
      return startMember(join(folder, entry), env)
    }),
  )
  return {
    ports: members.map(({ port }) => port),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(members.map((member) => member.end()))
      await rm(folder, { recursive: true, force: true })
    },
  }
}
