import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { scripts } from './scripts.ts'

/** `apps/echo` over HTTP, until it is closed. */
export type RemoteEcho = { url: string; close: () => Promise<void> }

/** Starts it as it is installed; with a token, it lets nobody in who has not got that. */
export const startEcho = async (token?: string): Promise<RemoteEcho> => {
  const args = ['--import', scripts.leash, scripts.echo, '--http', '--port', '0']
  const child = spawn(process.execPath, token === undefined ? args : [...args, '--auth'], {
    env: { ...process.env, ...(token !== undefined && { PARLEY_ECHO_TOKEN: token }) },
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  const gone = once(child, 'exit')
  const url = await new Promise<string>((resolve, reject) => {
    const said: string[] = []
    createInterface({ input: child.stderr }).on('line', (line) => {
      said.push(line)
      const served = /served at (\S+)/.exec(line)?.[1]
      if (served !== undefined) resolve(served)
    })
    child.once('exit', () => reject(new Error(`The echo server ended:\n${said.join('\n')}`)))
  })
  return {
    url,
    async close() {
      child.stdin.end()
      await gone
    },
  }
}
