import { ZodJsonSchemaAdapter } from '@tmcp/adapter-zod'
import { McpServer } from 'tmcp'
import { tool } from 'tmcp/utils'
import { z } from 'zod'

const numbers = z.object({ a: z.number(), b: z.number() })

const make = () => {
  const adapter = new ZodJsonSchemaAdapter()
  const server = new McpServer(
    { name: 'bench', version: '1.0.0', description: 'Offers what every subject of the bench offers.' },
    { adapter, capabilities: { tools: { listChanged: true } } },
  )
  const described = (name: string) => ({ name, description: name })
  server.tool({ ...described('add'), schema: numbers }, ({ a, b }) => tool.text(String(a + b)))
  server.tool({ ...described('tell'), schema: numbers }, ({ a, b }) => {
    server.progress(1, 1)
    return tool.text(String(a + b))
  })
  server.tool({ ...described('echo'), schema: z.object({ text: z.string() }) }, ({ text }) => tool.text(text))
  server.tool({ ...described('count'), schema: z.object({ n: z.number() }) }, async ({ n }) => {
    // There is nothing to wait for; that it is taken turn by turn is the most that a handler can do.
    for (let step = 1; step <= n; step++) server.progress(step, n)
    return tool.text(`counted ${n}`)
  })
  return server
}

/** Offers what every subject of the bench offers. */
export const makeServer: () => ReturnType<typeof make> = make
