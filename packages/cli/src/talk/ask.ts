import type * as Clack from '@clack/prompts'
import type { Callbacks } from '@parley/client'
import { checkElicitContent } from '@parley/core/questions'
import type { ElicitFormParams, ElicitResult, ElicitValue, JsonObject, PrimitiveSchema } from '@parley/core'
import { usage } from '../failure.ts'
import { hasScreen, openPage } from '../open.ts'
import { readObject } from './arguments.ts'
import { tame } from './render.ts'
import { askModel } from './sample.ts'

type Prompts = typeof Clack

/** Where questions are put, and what a Ctrl-C among them does. */
export type Desk = { readonly signal: AbortSignal; readonly cancel: () => void; readonly pause: () => void }

/** Where a prompt is drawn, and what takes it away. */
export type Shown = { readonly signal: AbortSignal; readonly output: NodeJS.WriteStream }

// What a server says is drawn on a terminal.
const told = (text: string): string => tame(text, process.stderr)

const choicesOf = (field: PrimitiveSchema): { value: string; label: string }[] | undefined => {
  const holder = field.type === 'array' ? field.items : field
  if ('oneOf' in holder) return holder.oneOf.map((each) => ({ value: each.const, label: told(each.title) }))
  if ('anyOf' in holder) return holder.anyOf.map((each) => ({ value: each.const, label: told(each.title) }))
  if (!('enum' in holder)) return undefined
  const names: readonly string[] = 'enumNames' in holder && Array.isArray(holder.enumNames) ? holder.enumNames : []
  return holder.enum.map((value, index) => ({ value, label: told(names[index] ?? value) }))
}

const isNumber = (field: PrimitiveSchema): boolean => field.type === 'number' || field.type === 'integer'

const typed = (field: PrimitiveSchema, text: string): ElicitValue => (isNumber(field) ? Number(text) : text)

/** What is wrong with a text that was typed, in the words of the form's own check. */
const faultOf = (field: PrimitiveSchema, text: string, required: boolean): string | undefined => {
  if (text === '') return required ? 'is required' : undefined
  const form = { type: 'object' as const, properties: { it: field } }
  return checkElicitContent(form, { it: typed(field, text) })[0]?.message
}

const askText = async (
  prompts: Prompts,
  message: string,
  field: PrimitiveSchema,
  required: boolean,
  shown: Shown,
): Promise<unknown> => {
  const initial = field.default === undefined ? {} : { initialValue: String(field.default) }
  const text = await prompts.text({
    message,
    ...initial,
    ...shown,
    validate: (value) => faultOf(field, value ?? '', required),
  })
  if (prompts.isCancel(text)) return text
  // A field that may stay empty and did is left out of the answer.
  return text === undefined || text === '' ? undefined : typed(field, text)
}

const askField = (
  prompts: Prompts,
  name: string,
  field: PrimitiveSchema,
  required: boolean,
  shown: Shown,
): Promise<unknown> => {
  const title = told(field.title ?? name)
  const message = field.description === undefined ? title : `${title} (${told(field.description)})`
  const options = choicesOf(field)
  if (options !== undefined && field.type === 'array') {
    return prompts.multiselect({ message, options, required, initialValues: field.default ?? [], ...shown })
  }
  if (options !== undefined) {
    const initial = typeof field.default === 'string' ? { initialValue: field.default } : {}
    return prompts.select({ message, options, ...initial, ...shown })
  }
  if (field.type !== 'boolean') return askText(prompts, message, field, required, shown)
  return prompts.confirm({ message, initialValue: field.default ?? false, ...shown })
}

const askForm = async (
  prompts: Prompts,
  form: ElicitFormParams,
  shown: Shown,
  cancel: () => void,
): Promise<ElicitResult> => {
  const action = await prompts.select({
    message: told(form.message),
    options: [
      { value: 'accept' as const, label: 'Answer' },
      { value: 'decline' as const, label: 'Decline' },
      { value: 'cancel' as const, label: 'Leave it open' },
    ],
    ...shown,
  })
  if (prompts.isCancel(action)) cancel()
  if (action !== 'accept') return { action: action === 'decline' ? 'decline' : 'cancel' }
  const content: { [name: string]: ElicitValue } = {}
  for (const [name, field] of Object.entries(form.requestedSchema.properties)) {
    const value = await askField(prompts, name, field, form.requestedSchema.required?.includes(name) ?? false, shown)
    if (prompts.isCancel(value)) {
      cancel()
      return { action: 'cancel' }
    }
    // Each of the prompts above gives a value of its field's type.
    if (value !== undefined) content[name] = value as ElicitValue
  }
  return { action: 'accept', content }
}

/** Answers questions by asking whoever sits at the terminal; questions that come together are put one by one. */
export const deskAnswers = (desk: Desk): Callbacks => {
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <Answer>(ask: (prompts: Prompts) => Promise<Answer>): Promise<Answer> => {
    const turn = last.then(async () => {
      desk.pause()
      return ask(await import('@clack/prompts'))
    })
    last = turn.catch(() => undefined)
    return turn
  }
  const shown = { signal: desk.signal, output: process.stderr }
  return {
    onElicit: (form) => inTurn((prompts) => askForm(prompts, form, shown, desk.cancel)),
    onSample: (params) => inTurn((prompts) => askModel(prompts, params, shown, desk.cancel)),
    onElicitUrl: ({ message, url }, { host }) =>
      inTurn(async (prompts) => {
        const said = await prompts.confirm({
          message: `${told(message)}\n${told(url)}\nOpen this page at ${host}?`,
          ...shown,
        })
        if (prompts.isCancel(said)) desk.cancel()
        if (said !== true) return { action: 'decline' }
        openPage(url)
        if (!hasScreen()) process.stderr.write(`Open it yourself: ${url}\n`)
        return { action: 'accept' }
      }),
  }
}

/** Answers questions with what stands on the command line, in order. `{"action": …}` is a whole answer, else it is content. */
export const givenAnswers = (texts: readonly string[]): Callbacks => {
  const left = texts.map((text): JsonObject => readObject(text, '--answer'))
  return {
    onElicit: () => {
      const next = left.shift()
      if (next === undefined) throw usage('The server asks more often than there are answers: add another --answer.')
      const { action, content } = next
      // The client holds what goes out against the form, whatever was typed.
      if (action === 'accept' || action === 'decline' || action === 'cancel') {
        return content === undefined ? { action } : { action, content: content as Record<string, ElicitValue> }
      }
      return { action: 'accept', content: next as Record<string, ElicitValue> }
    },
  }
}
