import type { Json } from '@parley/core'
import type { Field } from './form-model.ts'
import { isObject } from './json.ts'

/** What a field holds: nothing, a value, or something that is none yet. */
export type Reading =
  | { readonly kind: 'absent' }
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'fault'; readonly why: string }

/** Nothing was given. */
export const absent: Reading = { kind: 'absent' }
const fault = (why: string): Reading => ({ kind: 'fault', why })

/** A value that was given. */
export const given = (value: Json): Reading => ({ kind: 'value', value })

const times = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

const isPlausible: ReadonlyMap<string, (text: string) => boolean> = new Map([
  ['email', (text) => text.lastIndexOf('@') > 0 && !text.endsWith('@') && !text.includes(' ')],
  ['uri', (text) => URL.canParse(text)],
  ['date', (text) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text))],
  ['date-time', (text) => /^\d{4}-\d\d-\d\d[Tt ]/.test(text) && !Number.isNaN(Date.parse(text))],
])

const readWords = (field: Field & { kind: 'text' }, text: string): Reading => {
  const length = [...text].length
  if (field.least !== undefined && length < field.least) return fault(`At least ${times(field.least, 'character')}.`)
  if (field.most !== undefined && length > field.most) return fault(`At most ${times(field.most, 'character')}.`)
  const fits = isPlausible.get(field.format ?? '')
  return fits === undefined || fits(text) ? given(text) : fault(`Not a valid ${field.format ?? ''}.`)
}

const readNumber = (field: Field & { kind: 'number' }, text: string): Reading => {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) return fault('Not a number.')
  if (field.isInteger && !Number.isInteger(value)) return fault('Not a whole number.')
  if (field.least !== undefined && value < field.least) return fault(`At least ${field.least}.`)
  if (field.most !== undefined && value > field.most) return fault(`At most ${field.most}.`)
  return given(value)
}

/** Reads JSON that was typed. */
export const readJson = (text: string): Reading => {
  try {
    const value: Json = JSON.parse(text)
    return given(value)
  } catch (error) {
    return fault(error instanceof Error ? error.message : 'Not JSON.')
  }
}

/** The members of an object of JSON. */
export type Members = { [key: string]: Json | undefined }

/** Tells an object from any other JSON value. */
export const isMembers = (value: Json | undefined): value is Members => isObject(value)

/** Reads a JSON object that was typed, and shows what is wrong with it; undefined when it is none. */
export const readObject = (text: string, complaint: HTMLElement): Members | undefined => {
  const reading = readJson(text)
  const value = reading.kind === 'value' && isMembers(reading.value) ? reading.value : undefined
  complaint.textContent = reading.kind === 'fault' ? reading.why : value === undefined ? 'Write a JSON object.' : ''
  return value
}

/** Reads what was typed into a field; nothing typed is nothing given, and a fault where something must be. */
export const readTyped = (field: Field, text: string, isRequired: boolean): Reading => {
  if (text === '') return isRequired ? fault('Required.') : absent
  switch (field.kind) {
    case 'text':
      return readWords(field, text)
    case 'number':
      return readNumber(field, text)
    default:
      return readJson(text)
  }
}

/** What a field is filled in with to show a value. */
export const typedOf = (field: Field, value: Json | undefined): string => {
  if (value === undefined || value === null) return ''
  if (field.kind === 'text' && typeof value === 'string') return value
  return JSON.stringify(value, undefined, 2)
}

/** Holds a list against how long it may be. */
export const readList = (
  values: Json[],
  { least, most }: { readonly least?: number; readonly most?: number },
  isRequired: boolean,
): Reading => {
  if (values.length === 0 && !isRequired) return absent
  if (least !== undefined && values.length < least) return fault(`At least ${times(least, 'item')}.`)
  if (most !== undefined && values.length > most) return fault(`At most ${times(most, 'item')}.`)
  return given(values)
}

/** What a field takes, in a word or two. */
export const hintOf = (field: Field): string => {
  const nullable = field.isNullable === true ? ' or null' : ''
  switch (field.kind) {
    case 'text':
      return `${field.format ?? 'string'}${nullable}`
    case 'number': {
      const { least, most, isInteger } = field
      const name = isInteger ? 'integer' : 'number'
      const within = least !== undefined && most !== undefined ? ` ${least} to ${most}` : ''
      if (within !== '') return `${name}${within}${nullable}`
      return `${name}${least === undefined ? '' : ` from ${least}`}${most === undefined ? '' : ` up to ${most}`}${nullable}`
    }
    case 'choice':
      return `one of ${field.options.length}${nullable}`
    case 'choices':
      return `any of ${field.options.length}${nullable}`
    case 'group':
      return `object${nullable}`
    default:
      return `${field.kind}${nullable}`
  }
}
