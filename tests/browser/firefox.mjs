// Firefox, driven line by line: node firefox.mjs FIREFOX PACKAGE.JSON; see windows.py.
//
// A line on stdin is [null, action, ...arguments] in JSON, see ACTIONS; or [window, method,
// ...arguments], of puppeteer's page, or where the method is "#id method" of its frame.
// Each is answered by a line: {"value": …} or {"error": "…"}.
import { createRequire } from "node:module"
import { createInterface } from "node:readline"

const [, , executablePath, manifest, patience] = process.argv
const puppeteer = createRequire(manifest)("puppeteer-core")
const browser = await puppeteer.launch({ browser: "firefox", executablePath })
const windows = []
const logged = []
let opening = Promise.withResolvers()

/** Keep what a window logs, and what it opens; return its number. */
function watch(page) {
  page.setDefaultTimeout(Number(patience))
  page.on("popup", (other) => opening.resolve(watch(other)))
  page.on("pageerror", (error) => logged.push(`${error}`))
  page.on("console", (line) => logged.push(`${line.type()}: ${line.text()}`))
  return windows.push(page) - 1
}

const ACTIONS = {
  open: async () => watch(await browser.newPage()),
  /** The window that another has just opened. */
  opened: async () => {
    const number = await opening.promise
    opening = Promise.withResolvers()
    return number
  },
  /** Close all windows; say what they have logged. */
  close: async () => {
    await Promise.all(windows.splice(0).map((page) => page.close()))
    return logged.splice(0)
  },
}

async function act([window, method, ...rest]) {
  if (window === null) return ACTIONS[method](...rest)
  const [name, frame] = method.split(" ").reverse()
  const page = windows[window]
  const of = frame ? await (await page.waitForSelector(frame)).contentFrame() : page
  if (name === "press") return page.keyboard.press(...rest)
  const value = await of[name](...rest)
  return name === "evaluate" ? value : null
}

for await (const line of createInterface({ input: process.stdin })) {
  let said
  try {
    said = { value: (await act(JSON.parse(line))) ?? null }
  } catch (error) {
    said = { error: `${error}` }
  }
  console.log(JSON.stringify(said))
}
await browser.close()
