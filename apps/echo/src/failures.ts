import { RpcError, ToolError } from '@parley/core'
import type { Server } from '@parley/server'
import { z } from 'zod'
import { pause } from './pause.ts'

const kind = z
  .enum(['tool_error', 'protocol_error', 'exception', 'timeout'])
  .describe('How to fail; timeout answers nothing until it is cancelled, or a minute has passed')

/** Adds the tool that fails, for those who write clients. */
export const addFailures = (server: Server): void => {
  server.tool(
    'echo_fail',
    {
      description: 'Fails in one of four ways',
      input: z.object({ kind }),
      annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    },
    async ({ kind: way }, ctx) => {
      switch (way) {
        case 'tool_error':
          throw new ToolError('This tool failed, as you asked.')
        case 'protocol_error':
          throw new RpcError(1, 'This call failed, as you asked.', { kind: way })
        case 'exception':
          // Goes to this process's stderr; the caller reads an id under which it is found there.
          throw new Error('Nobody outside may read this.')
        case 'timeout':
          await pause(60_000, ctx.signal)
          throw new ToolError('Nobody cancelled within a minute.')
      }
    },
  )
}
