import type { Visit } from './fixtures/visit.ts'

/** The modern revision and the last legacy one. */
export const versions: readonly string[] = ['2026-07-28', '2025-11-25']

/** The names of all tools of the fixture. */
export const tools: readonly string[] = [
  'echo_tool',
  'echo_many',
  'echo_as',
  'echo_ask',
  'echo_log',
  'echo_whoami',
  'echo_fail',
  'wait',
  'until_waiting',
  'until_cancelled',
]

/** What a visit to the fixture meets, whatever either side runs on. */
export const expected = (version: string, transport: 'http' | 'stdio'): Visit => ({
  tools,
  progress: [1, 2, 3],
  asked: 'You said: Ahoy!',
  changed: { type: 'resourceUpdated', uri: 'echo:recent' },
  big: 1_000_011,
  refused: 1,
  stopped: 'enough',
  who: {
    client: { name: 'visitor', version: '1.0.0' },
    version,
    era: version >= '2026' ? 'modern' : 'legacy',
    transport,
    subject: null,
  },
})
