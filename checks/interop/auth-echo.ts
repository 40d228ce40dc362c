import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { AuthorizationServer } from '../auth/authorization-server.ts'
import { listen } from '../auth/listener.ts'
import type { Protected } from './auth-meeting.ts'
import { scripts } from './scripts.ts'

/** A port that was free a moment ago. Whoever is protected has to say under which address, before listening there. */
const freePort = async (): Promise<string> => {
  const probe = await listen(() => () => undefined)
  await probe.close()
  return new URL(probe.origin).port
}

/** The echo server as it is installed and started, with the tokens of an authorization server. */
export const serveEcho = async ({ issuer }: AuthorizationServer): Promise<Protected> => {
  const args = [scripts.echo, '--http', '--port', await freePort(), '--auth', '--issuer', issuer]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const said: string[] = []
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      said.push(line)
      const served = /served at (\S+)/.exec(line)?.[1]
      if (served !== undefined) resolve(served)
    })
    child.once('exit', () => reject(new Error(`The echo server ended:\n${said.join('\n')}`)))
  })
  return {
    url,
    close: async () => {
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
    },
  }
}
