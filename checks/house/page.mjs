import { parentPort, workerData } from 'node:worker_threads'

// What a browser lacks. Node's own `Response` needs `Buffer`, so nothing here may ask for an image.
for (const name of ['process', 'Buffer', 'global', 'setImmediate', 'clearImmediate', 'require', 'module']) {
  Reflect.deleteProperty(globalThis, name)
}

/** Loads the bundles as a page would, connects in memory in both eras, and tells what came of it. */
const visit = async () => {
  const [{ connect, memory }, { createEcho }] = await Promise.all(workerData.map((url) => import(url)))
  const server = createEcho()
  const onElicit = () => ({ action: 'accept', content: { message: 'from the page' } })
  const visits = []
  for (const versions of [undefined, ['2025-11-25']]) {
    const client = await connect(memory(server), { name: 'page', version: '1.0.0', onElicit, versions })
    const tools = await client.listTools()
    const echo = await client.callTool('echo_tool', { message: 'Ahoy!' })
    const audio = await client.callTool('echo_as', { message: 'Ahoy!', format: 'audio' })
    const asked = await client.callTool('echo_ask')
    const resource = await client.readResource('echo://Ada%20L')
    visits.push({
      version: client.version,
      tools: tools.length,
      said: echo.content[0].text,
      audio: audio.content[0].mimeType,
      asked: asked.content[0].text,
      resource: resource.text(),
    })
    await client.close()
  }
  await server.close()
  return { visits, lacks: [typeof process, typeof Buffer] }
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's port has no origin
parentPort.postMessage(await visit().catch((error) => ({ error: String(error?.stack ?? error) })))
