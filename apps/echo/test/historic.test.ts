import { describe, expect, it } from 'vitest'
import { echoClient, versions } from './echo.ts'

const messages = [
  'Hello, world!',
  'two\nlines\r\n',
  '👋🏽 família',
  'مرحبا بالعالم',
  'a/b?c#d%20e',
  '../..',
  '/etc',
  'static',
]

describe.each(versions)('the three historic forms, in %s', (version) => {
  it.each(messages)('say %j as they always did', async (message) => {
    const client = await echoClient(version)
    const uri = `echo://${encodeURIComponent(message)}`

    const { contents } = await client.readResource(uri)
    expect(contents).toEqual([{ uri, mimeType: 'text/plain', text: `Resource echo: ${message}` }])

    const { content } = await client.callTool('echo_tool', { message })
    expect(content).toEqual([{ type: 'text', text: `Tool echo: ${message}` }])

    const prompt = await client.getPrompt('echo_prompt', { message })
    expect(prompt.messages).toEqual([
      { role: 'user', content: { type: 'text', text: `Please process this message: ${message}` } },
    ])
  })

  it('are listed under their old names', async () => {
    const client = await echoClient(version)
    const [tool] = await client.listTools()
    expect(tool).toMatchObject({
      name: 'echo_tool',
      inputSchema: { type: 'object', properties: { message: { type: 'string' } }, required: ['message'] },
    })
    const [template, ...others] = await client.listResourceTemplates()
    expect(template?.uriTemplate).toBe('echo://{message}')
    expect(others).toEqual([])
    const [prompt] = await client.listPrompts()
    expect(prompt).toMatchObject({ name: 'echo_prompt', arguments: [{ name: 'message', required: true }] })
  })
})
