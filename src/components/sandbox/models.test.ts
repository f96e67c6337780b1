// Classes of models in Python of the user, as `run(input)` uses them.
import { describe, expect, test } from 'vitest'
import type { Json } from '../../lib/json.ts'
import { errorOf, whatIsMissing, world } from './sandbox.world.ts'

const { python } = world()
const missing = await whatIsMissing()

const HEAD = `
from typing import Annotated, Any, Dict, List, Literal, Optional, Union
import datetime
from pydantic import BaseModel, Field
`
const READ = '\ndef run(input: Input): return input'

describe.skipIf(missing !== null)('models', () => {
  test.for([
    ['name: str', { name: 'a', other: 1 }, { name: 'a' }],
    ['n: int = 3', {}, { n: 3 }],
    ['n: int', { n: '42' }, { n: 42 }],
    ['n: int', { n: 2 }, { n: 2 }],
    ['x: float', { x: 1 }, { x: 1 }],
    ['b: bool', { b: 'false' }, { b: false }],
    ['o: Optional[int] = None', {}, { o: null }],
    ['o: int | None', { o: null }, { o: null }],
    ['l: list[int]', { l: [1, '2'] }, { l: [1, 2] }],
    ['l: List[str] = []', {}, { l: [] }],
    ['d: Dict[str, float]', { d: { a: 1.5 } }, { d: { a: 1.5 } }],
    ['t: tuple[int, str]', { t: [1, 'a'] }, { t: [1, 'a'] }],
    ['u: Union[int, str]', { u: 'a' }, { u: 'a' }],
    ['k: Literal["a", "b"]', { k: 'b' }, { k: 'b' }],
    ['a: Any', { a: { x: [null] } }, { a: { x: [null] } }],
    ['at: datetime.date', { at: '2027-01-02' }, { at: '2027-01-02' }],
    ['n: int = Field(7, description="how many", ge=1)', {}, { n: 7 }],
    ['l: list = Field(default_factory=list)', {}, { l: [] }],
    ['n: Annotated[int, "many"]', { n: 1 }, { n: 1 }],
    ['n: int = Field(alias="number")', { number: 1 }, { n: 1 }],
  ] as const)('%s', async ([field, input, output]) => {
    expect(await model(`class Input(BaseModel):\n    ${field}`, input)).toEqual({ kind: 'success', output })
  })

  test('models hold models, in lists and mappings and bases too', async () => {
    const classes = `
class Base(BaseModel):
    id: int = 0
class Item(Base):
    name: str
class Input(BaseModel):
    first: Item
    rest: list[Item] = []
    by: dict[str, Item] = {}
    later: "Optional[Item]" = None`
    const input = { first: { name: 'a' }, rest: [{ id: 1, name: 'b' }], by: { c: { name: 'c' } } }
    const output = { first: item(0, 'a'), rest: [item(1, 'b')], by: { c: item(0, 'c') }, later: null }
    expect(await model(classes, input)).toEqual({ kind: 'success', output })
  })

  test.for([
    ['name: str', {}, 'name is missing'],
    ['name: str', { name: 5 }, 'name must be text, not 5'],
    ['n: int', { n: 1.5 }, 'n must be a whole number, not 1.5'],
    ['n: int', { n: true }, 'n must be a whole number, not True'],
    ['n: int', { n: 'x' }, "n must be a whole number, not 'x'"],
    ['b: bool', { b: 'maybe' }, "b must be true or false, not 'maybe'"],
    ['l: list[int]', { l: 5 }, 'l must be a list, not 5'],
    ['l: list[int]', { l: [1, 'x'] }, "l[1] must be a whole number, not 'x'"],
    ['d: dict[str, int]', { d: { a: 'x' } }, "d.a must be a whole number, not 'x'"],
    ['o: Optional[int] = None', { o: 'x' }, "o must be a whole number, not 'x'"],
    ['u: Union[int, bool, None]', { u: 'x' }, 'u fits none of int, bool, null'],
    ['k: Literal["a", "b"]', { k: 'c' }, "k must be one of 'a', 'b', not 'c'"],
    ['at: datetime.date', { at: 'soon' }, "at must be a date, not 'soon'"],
    ['n: int = Field(ge=1)', { n: 0 }, 'n must be at least 1, not 0'],
    ['s: str = Field(max_length=2)', { s: 'abc' }, "s must be of length 2 or less, not 'abc'"],
    ['a: int; b: int', { a: 'x' }, "a must be a whole number, not 'x'; b is missing"],
  ] as const)('%s says of %j what does not fit', async ([field, input, fault]) => {
    expect(errorOf(await model(`class Input(BaseModel):\n    ${field}`, input))).toBe(
      `PYTHON_ERROR: The code failed with ValidationError: Input: ${fault}`,
    )
  })

  test('what does not fit inside of a model is told with its place', async () => {
    const classes = 'class Item(BaseModel):\n    n: int\nclass Input(BaseModel):\n    items: list[Item]'
    expect(errorOf(await model(classes, { items: [{ n: 1 }, { n: 'x' }, 5] }))).toBe(
      "PYTHON_ERROR: The code failed with ValidationError: Input: items[1].n must be a whole number, not 'x'; " +
        'items[2] must be a mapping (Item), not 5',
    )
  })

  test('an answer that run declares is checked too', async () => {
    const code = 'class Output(BaseModel):\n    n: int\ndef run(input) -> Output:\n    return {"n": input["n"]}'
    expect(await python(HEAD + code, { input: { n: '1' } })).toEqual({ kind: 'success', output: { n: 1 } })
    expect(errorOf(await python(HEAD + code, { input: { n: 'x' } }))).toBe(
      "PYTHON_ERROR: The code failed with ValidationError: Output: n must be a whole number, not 'x'",
    )
  })

  test('the class Input stands for an input that is not annotated, and run may take none', async () => {
    const code = 'class Input(BaseModel):\n    n: int = 1\ndef run(input): return input.n'
    expect(await python(HEAD + code, { input: {} })).toEqual({ kind: 'success', output: 1 })
    expect(await python(`${HEAD}def run(): return 5`)).toEqual({ kind: 'success', output: 5 })
  })

  test('models compare, print, and write themselves', async () => {
    const code = `
class A(BaseModel):
    n: int
    inner: Optional["A"] = None
a = A(n=1, inner=A(n=2))
[a == A(n=1, inner={"n": 2}), a == A(n=1), repr(a), a.model_dump(), a.model_dump_json(), A.model_validate_json('{"n": 3}').n]`
    const dumped = { n: 1, inner: { n: 2, inner: null } }
    const output = [
      true,
      false,
      'A(n=1, inner=A(n=2, inner=None))',
      dumped,
      '{"n": 1, "inner": {"n": 2, "inner": null}}',
      3,
    ]
    expect(await python(HEAD + code)).toEqual({ kind: 'success', output })
  })
})

function item(id: number, name: string): Json {
  return { id, name }
}

function model(classes: string, input: Json): ReturnType<typeof python> {
  return python(HEAD + classes + READ, { input })
}
