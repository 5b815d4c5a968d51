// The table of cases on the page's side: node --test state.test.mjs
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import vm from "node:vm"

const beside = (name) => readFileSync(new URL(name, import.meta.url), "utf8")
const rules = vm.runInThisContext(
  `${beside("../../../slides/stage/page/state.js")}; rules`,
)
const { deck, cases } = JSON.parse(beside("cases.json"))
const NEW = { ...rules.BEGIN, live: true }

function after(show, role, now, what) {
  if ("lost" in what) return rules.lost(show, now)
  return rules.apply(show, deck, role, { run: 0, ...what }, now)
}

/** What `whole` says of the keys that `like` has; runs must be the same ones. */
function part(whole, like) {
  if (like === null || typeof like !== "object") return whole
  if (like.runs) assert.deepEqual(Object.keys(whole.runs), Object.keys(like.runs))
  return Object.fromEntries(Object.keys(like).map((key) => [key, part(whole[key], like[key])]))
}

for (const { what, given, role = "speaker", do: steps, then } of cases) {
  if (steps.some(([, step]) => "ended" in step)) continue // a page hears of it from the server
  test(what, () => {
    const show = steps.reduce(
      (each, [now, step]) => after(each, role, now, step),
      { ...NEW, ...given },
    )
    assert.deepEqual(part(show, then), then)
  })
}
