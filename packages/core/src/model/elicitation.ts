import type { JsonObject } from '../json.ts'

/** A form field that takes text. */
export type StringSchema = {
  type: 'string'
  title?: string | undefined
  description?: string | undefined
  minLength?: number
  maxLength?: number
  format?: 'email' | 'uri' | 'date' | 'date-time'
  default?: string
}

/** A form field that takes a number. */
export type NumberSchema = {
  type: 'number' | 'integer'
  title?: string | undefined
  description?: string | undefined
  minimum?: number
  maximum?: number
  default?: number
}

/** A form field that takes yes or no. */
export type BooleanSchema = {
  type: 'boolean'
  title?: string | undefined
  description?: string | undefined
  default?: boolean
}

/** One choice with the words it is shown by. */
export type EnumOption = {
  const: string
  title: string
}

/** A form field that takes one of several values, shown as they are. */
export type UntitledSingleSelectEnumSchema = {
  type: 'string'
  title?: string | undefined
  description?: string | undefined
  enum: string[]
  default?: string
}

/** A form field that takes one of several values, each with its title. */
export type TitledSingleSelectEnumSchema = {
  type: 'string'
  title?: string | undefined
  description?: string | undefined
  oneOf: EnumOption[]
  default?: string
}

/** A form field that takes any of several values, shown as they are. */
export type UntitledMultiSelectEnumSchema = {
  type: 'array'
  title?: string | undefined
  description?: string | undefined
  minItems?: number
  maxItems?: number
  items: { type: 'string'; enum: string[] }
  default?: string[]
}

/** A form field that takes any of several values, each with its title. */
export type TitledMultiSelectEnumSchema = {
  type: 'array'
  title?: string | undefined
  description?: string | undefined
  minItems?: number
  maxItems?: number
  items: { anyOf: EnumOption[] }
  default?: string[]
}

/** The older way to give one of several values a title; `TitledSingleSelectEnumSchema` replaces it. */
export type LegacyTitledEnumSchema = {
  type: 'string'
  title?: string | undefined
  description?: string | undefined
  enum: string[]
  enumNames?: string[]
  default?: string
}

/** A form field with a choice, in any of its five shapes. */
export type EnumSchema =
  | UntitledSingleSelectEnumSchema
  | TitledSingleSelectEnumSchema
  | UntitledMultiSelectEnumSchema
  | TitledMultiSelectEnumSchema
  | LegacyTitledEnumSchema

/** One field of a form. Forms are flat: no field holds an object. */
export type PrimitiveSchema = StringSchema | NumberSchema | BooleanSchema | EnumSchema

/** A form, as the flat JSON Schema of what it collects. */
export type RequestedSchema = {
  $schema?: string
  type: 'object'
  properties: { [name: string]: PrimitiveSchema }
  required?: string[]
}

/** A question that the user answers in a form. Never for secrets: those go by URL (client/elicitation). */
export type ElicitFormParams = {
  /** @default 'form' */
  mode?: 'form'
  message: string
  requestedSchema: RequestedSchema
}

/** A question that the user answers at a URL, out of the client's and the model's sight. */
export type ElicitUrlParams = {
  mode: 'url'
  message: string
  /** Carries nothing about the user and nothing that grants access. */
  url: string
  /** Names the elicitation when its end is announced by a notification; only the legacy era has that. */
  elicitationId?: string
}

/** What the user is asked, by form or by URL. */
export type ElicitParams = ElicitFormParams | ElicitUrlParams

/** What a field of a form was filled in with. */
export type ElicitValue = string | number | boolean | string[]

/** The user's answer. Accepting a URL means consent to open it, not that anything was done there. */
export type ElicitResult = {
  action: 'accept' | 'decline' | 'cancel'
  /** Present when a form was accepted. */
  content?: { [name: string]: ElicitValue }
  _meta?: JsonObject | undefined
}
